// Holds the rules of Home Assistant for sensors that are discovered by MQTT, as far as the messages of this program can break them.

import { expect } from 'vitest';

interface ClassRule {
  readonly units: readonly string[];
  readonly states: readonly string[];
}

const MEASUREMENT = ['measurement'];
const ANY = ['measurement', 'total', 'total_increasing'];
const SPEEDS = ['m/s', 'km/h', 'ft/s', 'mph', 'kn', 'in/s', 'mm/s', 'Beaufort'];
const PRESSURES = ['Pa', 'hPa', 'kPa', 'bar', 'cbar', 'mbar', 'mmHg', 'inHg', 'psi'];
const FLUXES = ['mm/d', 'mm/h', 'in/d', 'in/h'];

/**
 * DEVICE_CLASS_UNITS and DEVICE_CLASS_STATE_CLASSES of home-assistant/core at commit 3fd1a330, homeassistant/components/sensor/const.py, with
 * the units of homeassistant/const.py. Later versions have more units, and `measurement_angle` for wind_direction.
 */
export const DEVICE_CLASSES: Readonly<Record<string, ClassRule>> = {
  atmospheric_pressure: { units: PRESSURES, states: MEASUREMENT },
  carbon_dioxide: { units: ['ppm'], states: MEASUREMENT },
  carbon_monoxide: { units: ['ppm'], states: MEASUREMENT },
  current: { units: ['A', 'mA'], states: MEASUREMENT },
  data_rate: { units: ['bit/s', 'kbit/s', 'Mbit/s', 'B/s', 'kB/s', 'MB/s'], states: MEASUREMENT },
  data_size: { units: ['bit', 'kbit', 'B', 'kB', 'MB', 'GB'], states: ANY },
  distance: { units: ['mm', 'cm', 'm', 'km', 'in', 'ft', 'yd', 'mi'], states: ANY },
  duration: { units: ['d', 'h', 'min', 's', 'ms', 'μs'], states: ANY },
  energy: { units: ['Wh', 'kWh', 'MWh'], states: ['total', 'total_increasing'] },
  frequency: { units: ['Hz', 'kHz', 'MHz', 'GHz'], states: MEASUREMENT },
  humidity: { units: ['%'], states: MEASUREMENT },
  illuminance: { units: ['lx'], states: MEASUREMENT },
  irradiance: { units: ['W/m²'], states: MEASUREMENT },
  nitrogen_dioxide: { units: ['µg/m³'], states: MEASUREMENT },
  ozone: { units: ['µg/m³'], states: MEASUREMENT },
  pm1: { units: ['µg/m³'], states: MEASUREMENT },
  pm10: { units: ['µg/m³'], states: MEASUREMENT },
  pm25: { units: ['µg/m³'], states: MEASUREMENT },
  power: { units: ['mW', 'W', 'kW', 'MW', 'GW', 'TW'], states: MEASUREMENT },
  precipitation: { units: ['mm', 'cm', 'in'], states: ANY },
  precipitation_intensity: { units: FLUXES, states: MEASUREMENT },
  pressure: { units: PRESSURES, states: MEASUREMENT },
  speed: { units: [...SPEEDS, ...FLUXES], states: MEASUREMENT },
  signal_strength: { units: ['dB', 'dBm'], states: MEASUREMENT },
  temperature: { units: ['°C', '°F', 'K'], states: MEASUREMENT },
  voltage: { units: ['µV', 'mV', 'V', 'kV', 'MV'], states: MEASUREMENT },
  weight: { units: ['kg', 'g', 'mg', 'µg', 'oz', 'lb', 'st'], states: ANY },
  wind_direction: { units: ['°'], states: [] },
  wind_speed: { units: SPEEDS, states: MEASUREMENT },
};

/** Keys of a sensor (home-assistant.io, integrations/sensor.mqtt) that these messages may have. */
const KEYS = [
  ...['name', 'unique_id', 'state_topic', 'value_template', 'unit_of_measurement', 'device_class'],
  ...['state_class', 'expire_after', 'availability_topic', 'payload_available', 'payload_not_available'],
  ...['device', 'origin'],
];

export interface Entity {
  readonly name: string;
  readonly unique_id: string;
  readonly state_topic: string;
  readonly value_template: string;
  readonly unit_of_measurement?: string;
  readonly device_class?: string;
  readonly state_class?: string;
  readonly expire_after?: number;
  readonly availability_topic: string;
  readonly device: { readonly identifiers: readonly string[]; readonly name: string };
  readonly origin: { readonly name: string };
}

/** Checks a message by the rules of discovery: `PREFIX/sensor/NODE/OBJECT/config`, and the schema of a sensor. */
export function checkDiscovery(topic: string, payload: string, prefix = 'homeassistant'): Entity {
  expect(topic).toMatch(new RegExp(`^${prefix}/sensor/[a-zA-Z0-9_-]+/[a-zA-Z0-9_-]+/config$`));
  const entity = JSON.parse(payload) as Entity;
  expect(KEYS).toEqual(expect.arrayContaining(Object.keys(entity)));
  for (const text of [entity.name, entity.unique_id, entity.state_topic, entity.availability_topic])
    expect(text).toMatch(/^[^+#\0]+$/);
  const { device_class: deviceClass, state_class: state, unit_of_measurement: unit } = entity;
  if (deviceClass !== undefined) {
    const rule = DEVICE_CLASSES[deviceClass];
    expect(rule, `the device class ${deviceClass}`).toBeDefined();
    expect(rule?.units, `a unit of ${deviceClass}`).toContain(unit);
    if (state !== undefined) expect(rule?.states, `a state class of ${deviceClass}`).toContain(state);
  }
  // A sensor with a state class or a unit is one of numbers.
  if (state !== undefined) expect(ANY).toContain(state);
  if (entity.expire_after !== undefined) {
    expect(Number.isInteger(entity.expire_after)).toBe(true);
    expect(entity.expire_after).toBeGreaterThan(0);
  }
  // A device needs an identifier or a connection, an origin its name.
  expect(entity.device.identifiers.length).toBeGreaterThan(0);
  expect(entity.origin.name).not.toBe('');
  return entity;
}
