// Sensors that need no hardware, ready to be opened.

import type { Clock } from '../../device/host/clock.ts';
import type { KernelFiles } from '../../device/host/kernel-files.ts';
import { type SensorHost, simulatedHost, thisHost } from '../../device/kind.ts';
import type { SensorOpener } from '../../device/sensor.ts';
import { hostCpu } from '../../device/sensors/host-cpu.ts';
import { hostLoad } from '../../device/sensors/host-load.ts';
import { hostNetwork } from '../../device/sensors/host-network.ts';
import { thermal } from '../../device/sensors/thermal-zone.ts';
import { tmp36Simulated } from '../../device/sensors/tmp36.ts';
import { setUpSensor } from '../../device/setup/column-setup.ts';
import { sensorOpener } from '../../device/setup/sensor-opener.ts';

/** A host with these parts; the others are those of this machine. */
export function hostOf(parts: Partial<SensorHost> = {}): SensorHost {
  return { ...thisHost(1), ...parts };
}

export function simulatedTmp36({ seed }: { readonly seed: number }): SensorOpener {
  return sensorOpener(setUpSensor(tmp36Simulated), hostOf({ seed }), true);
}

export interface HostSensors {
  readonly simulate?: boolean;
  readonly seed?: number;
  readonly files?: KernelFiles;
  readonly clock?: Clock;
}

/** The sensors of the machine's load and network, and of each thermal zone found. */
export async function hostSensors({
  simulate = false,
  ...parts
}: HostSensors = {}): Promise<readonly SensorOpener[]> {
  const host = hostOf(parts);
  const setups = [hostLoad, hostCpu, hostNetwork].map(kind => setUpSensor(kind));
  const place = simulate ? simulatedHost(thermal, { zone: 0 }, host) : host;
  for (const { name, options } of (await thermal.find?.(place)) ?? []) {
    setups.push(setUpSensor(thermal, thermal.options.parse(options), name === undefined ? {} : { name }));
  }
  return setups.map(setup => sensorOpener(setup, host, simulate));
}
