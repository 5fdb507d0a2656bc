// Tests that Home Assistant accepts the description of every kind of sensor, and what it makes of the rows.

import { execFileSync } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { SENSOR_KINDS, usualOptions } from '../../../device/index.ts';
import { describeAttributes, describeModel } from '../../../server/dataset/describe.ts';
import { discoveryFilter, discoveryMessages } from '../../../server/mqtt/discovery.ts';
import { entityClass } from '../../../server/mqtt/home-assistant-units.ts';
import type { MqttOptions } from '../../../server/mqtt/options.ts';
import { rowMessages } from '../../../server/mqtt/row-messages.ts';
import type { SinkDataset } from '../../../server/publish/sink.ts';
import { sensorLayout } from '../../../server/source/sensor-layout.ts';
import { Mosquitto } from '../../mosquitto.ts';
import { describeWith } from '../../tools.ts';
import { batchOf, CHANNELS, SCRIPTED } from '../scripted-source.ts';
import { checkDiscovery } from './home-assistant-rules.ts';
import { MqttRig } from './mqtt-rig.ts';

const OPTIONS: MqttOptions = {
  url: 'mqtt://broker',
  topic: 'dapberry/pi.local/roof',
  qos: 0,
  retain: false,
  values: true,
  discovery: 'homeassistant',
  discoveryPrefix: 'homeassistant',
};

function datasetOf(channels: Parameters<typeof sensorLayout>[0], interval = 10): SinkDataset {
  const layout = sensorLayout(channels);
  const info = { ...SCRIPTED, name: 'roof', title: 'On the roof' };
  const delivery = { kind: 'scheduled', interval } as const;
  return {
    info,
    layout,
    delivery,
    model: describeModel(info, layout),
    attributes: describeAttributes(info, layout, delivery),
  };
}

it.each(SENSOR_KINDS.map(kind => [kind.name, kind] as const))(
  'describes the columns of %s by the rules of Home Assistant',
  (_name, kind) => {
    const channels = kind.channels(usualOptions(kind));
    const messages = discoveryMessages(OPTIONS, datasetOf(channels));
    const entities = messages.map(({ topic, payload }) => checkDiscovery(topic, payload));
    expect(entities).toHaveLength(channels.length);
    expect(new Set(entities.map(entity => entity.unique_id)).size).toBe(channels.length);
    expect(new Set(messages.map(({ topic }) => topic)).size).toBe(channels.length);
  },
);

it('describes a column with its class, its unit, its availability and its expiry', () => {
  const dataset = datasetOf([
    { name: 'air', units: 'degree_Celsius', longName: 'Air temperature', standardName: 'air_temperature' },
  ]);
  const [message] = discoveryMessages({ ...OPTIONS, interval: 60 }, dataset);
  expect(message?.topic).toBe('homeassistant/sensor/dapberry_pi_local_roof/air/config');
  expect(JSON.parse(message!.payload)).toEqual({
    name: 'Air temperature',
    unique_id: 'dapberry_pi_local_roof_air',
    state_topic: 'dapberry/pi.local/roof',
    value_template: "{{ value_json['air'] }}",
    unit_of_measurement: '°C',
    device_class: 'temperature',
    state_class: 'measurement',
    expire_after: 180,
    availability_topic: 'dapberry/pi.local/roof/$status',
    payload_available: 'online',
    payload_not_available: 'offline',
    device: {
      identifiers: ['dapberry_pi_local_roof'],
      name: 'On the roof',
      manufacturer: 'dapberry',
      model: 'a test',
      sw_version: expect.any(String),
    },
    origin: { name: 'dapberry', sw_version: expect.any(String) },
  });
  expect(discoveryFilter(OPTIONS)).toBe('homeassistant/sensor/dapberry_pi_local_roof/+/config');
});

it.each([
  ['degree_Celsius', 'air_temperature', 'temperature', '°C', 'measurement'],
  ['K', 'sea_water_temperature', 'temperature', 'K', 'measurement'],
  ['K', undefined, undefined, 'K', 'measurement'],
  ['percent', 'relative_humidity', 'humidity', '%', 'measurement'],
  ['percent', undefined, undefined, '%', 'measurement'],
  ['hPa', 'air_pressure', 'atmospheric_pressure', 'hPa', 'measurement'],
  ['hPa', undefined, 'pressure', 'hPa', 'measurement'],
  ['mW', undefined, 'power', 'mW', 'measurement'],
  ['MW', undefined, 'power', 'MW', 'measurement'],
  ['m s-1', 'wind_speed', 'wind_speed', 'm/s', 'measurement'],
  ['m s-1', undefined, undefined, 'm/s', 'measurement'],
  ['degree', 'wind_from_direction', 'wind_direction', '°', undefined],
  ['1e-6', 'mole_fraction_of_carbon_dioxide_in_air', 'carbon_dioxide', 'ppm', 'measurement'],
  ['kWh', undefined, 'energy', 'kWh', 'total_increasing'],
  ['mm h-1', 'lwe_precipitation_rate', 'precipitation_intensity', 'mm/h', 'measurement'],
  ['ug m-3', 'mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air', 'pm25', 'µg/m³', 'measurement'],
  ['1', undefined, undefined, undefined, 'measurement'],
  ['furlong fortnight-1', undefined, undefined, 'furlong fortnight-1', 'measurement'],
])('knows %s of %s', (units, name, deviceClass, unit, stateClass) => {
  const expected = { deviceClass, unit, stateClass };
  const found = entityClass(units, name);
  expect({ ...expected, ...found }).toEqual(expected);
  expect(found).toEqual(
    Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
  );
});

/** The state that Home Assistant gives an entity: `None` is unknown (homeassistant/components/mqtt/sensor.py). */
const RENDER = `
import json, sys, jinja2
for template, payload in json.load(sys.stdin):
    print(jinja2.Environment().from_string(template).render(value=payload, value_json=json.loads(payload)))
`;

describeWith('jinja2', 'the templates', () => {
  it('give the value, and None in place of a missing one', () => {
    const dataset = datasetOf(CHANNELS);
    const messages = discoveryMessages(OPTIONS, dataset);
    const batch = batchOf([
      [1, 20.5, 7, 0.25],
      [2, Number.NaN, 8, Number.NaN],
    ]);
    const pairs = [0, 1].flatMap(row => {
      const [whole] = rowMessages(dataset, OPTIONS.topic, false)(batch, row);
      return messages.map(({ payload }) => [JSON.parse(payload).value_template, whole!.payload]);
    });
    const printed = execFileSync('/usr/bin/python3', ['-c', RENDER], { input: JSON.stringify(pairs) });
    expect(printed.toString().trim().split('\n')).toEqual(['20.5', '7', '0.25', 'None', '8', 'None']);
  });
});

describeWith('mosquitto', 'discovery at a broker', () => {
  let broker: Mosquitto;
  let rig: MqttRig;

  afterEach(async () => {
    await rig.close();
    await broker.close();
  });

  it('keeps the description of each column, and deletes that of columns that are gone', async () => {
    broker = await Mosquitto.start();
    rig = await MqttRig.start(broker);
    const own = JSON.stringify({ name: 'gone', origin: { name: 'dapberry' } });
    const foreign = JSON.stringify({ name: 'of another program', origin: { name: 'another' } });
    await broker.publish('homeassistant/sensor/house_pi/gone/config', own, true);
    await broker.publish('homeassistant/sensor/house_pi/foreign/config', foreign, true);
    rig.publish({ discovery: 'homeassistant' });
    await rig.connected();
    await expect
      .poll(async () => {
        const kept = await broker.listen('homeassistant/#');
        await expect.poll(() => kept.length).toBeGreaterThan(3);
        return kept.map(({ topic }) => topic.split('/')[3]).sort();
      })
      .toEqual(['a', 'b', 'c', 'foreign']);
    const kept = await broker.listen('homeassistant/#');
    await expect.poll(() => kept).toHaveLength(4);
    for (const { topic, payload } of kept.filter(one => !one.topic.includes('foreign')))
      checkDiscovery(topic, payload);
  });
});
