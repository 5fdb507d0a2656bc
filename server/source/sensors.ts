// Makes a row source of a device, whose sensors are read on a schedule, or for each reader as fast as it reads.

import type { Device } from '../../device/index.ts';
import type { OnDemandSource, RowSource, SensorsStatus, SharedSource } from './row-source.ts';
import { sensorLayout } from './sensor-layout.ts';

/** The device's rows as its interval asks for them: on a schedule, or on demand where it is 0. */
export function sensorSource(device: Device): RowSource {
  return device.isScheduled ? scheduledSensors(device) : onDemandSensors(device);
}

/** The rows of a device that has an interval. */
export function scheduledSensors(device: Device): SharedSource {
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
      return { kind: 'sensors', sensors, clock, schedule: { missedSlots, lateness } };
    },
    rows: signal => device.rows(signal),
    close: () => device.close(),
  };
}

/** The rows of a device whose interval is 0. */
export function onDemandSensors(device: Device): OnDemandSource {
  return {
    layout: sensorLayout(device.channels),
    delivery: { kind: 'on-demand' },
    isClocked: !device.computed,
    get status(): SensorsStatus {
      const { sensors, clock } = device;
      return { kind: 'sensors', sensors, clock };
    },
    rows: (signal, options) => device.rows(signal, options),
    close: () => device.close(),
  };
}
