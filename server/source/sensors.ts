// Makes a row source of a device, whose sensors are read on a schedule, or for each reader as fast as it reads, or push their values.

import type { Device, Provenance, PushedDevice } from '../../device/index.ts';
import type { OnDemandSource, RowSource, SensorsStatus, SharedSource } from './row-source.ts';
import { sensorLayout } from './sensor-layout.ts';

/** The device's rows as its interval asks for them: on a schedule, or on demand where it is 0. `provenance`: of its values. */
export function sensorSource(device: Device, provenance?: readonly Provenance[]): RowSource {
  return device.isScheduled ? scheduledSensors(device, provenance) : onDemandSensors(device, provenance);
}

/** The rows of a device that has an interval. */
export function scheduledSensors(device: Device, provenance?: readonly Provenance[]): SharedSource {
  const known = provenance === undefined ? {} : { provenance };
  return {
    layout: sensorLayout(device.channels),
    delivery: { kind: 'scheduled', interval: device.interval },
    // Simulated values are stamped by the clock too.
    isClocked: true,
    get earliest() {
      return device.earliest;
    },
    get status(): SensorsStatus {
      const { sensors, clock, missedSlots, lateness } = device;
      return { kind: 'sensors', sensors, clock, schedule: { missedSlots, lateness }, ...known };
    },
    rows: (signal, options) => device.rows(signal, options),
    close: () => device.close(),
  };
}

/** The rows of a device whose interval is 0. */
export function onDemandSensors(device: Device, provenance?: readonly Provenance[]): OnDemandSource {
  const known = provenance === undefined ? {} : { provenance };
  return {
    layout: sensorLayout(device.channels),
    delivery: { kind: 'on-demand' },
    isClocked: !device.computed,
    get status(): SensorsStatus {
      const { sensors, clock } = device;
      return { kind: 'sensors', sensors, clock, ...known };
    },
    rows: (signal, options) => device.rows(signal, options),
    close: () => device.close(),
  };
}

/** The rows of a device whose sensors push their values. */
export function pushedSensors(device: PushedDevice, provenance: readonly Provenance[]): SharedSource {
  return {
    layout: sensorLayout(device.channels),
    delivery: { kind: 'pushed', maxAges: device.maxAges },
    isClocked: true,
    get earliest() {
      return device.earliest;
    },
    get status(): SensorsStatus {
      const { sensors, clock, dropped } = device;
      return { kind: 'sensors', sensors, clock, dropped, provenance };
    },
    rows: (signal, options) => device.rows(signal, options),
    close: () => device.close(),
  };
}
