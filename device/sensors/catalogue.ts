// Which sensors there are to open: one function a kind, each giving what a device is opened with.

import { type Clock, systemClock } from '../clock.ts';
import { type KernelFiles, kernelFiles } from '../kernel-files.ts';
import type { OpenSensor } from '../sensor.ts';
import { hostCpu } from './host-cpu.ts';
import { hostLoad } from './host-load.ts';
import { hostNetwork } from './host-network.ts';
import { simulatedKernel } from './simulated-kernel.ts';
import { thermalZones } from './thermal-zone.ts';
import { type SimulatedTmp36Options, tmp36 } from './tmp36.ts';

/** A TMP36 thermometer that is computed: channels `voltage` (mV) and `temperature` (degree_Celsius). */
export function simulatedTmp36(options: SimulatedTmp36Options): OpenSensor {
  return async () => tmp36(options);
}

export interface HostSensorsOptions {
  /** Make the kernel's files up instead of reading them. */
  readonly simulate?: boolean;
  /** Which made-up kernel; 1 where it is left out. */
  readonly seed?: number;
  /** The kernel's files; those of this machine, or a simulated kernel's, where they are left out. */
  readonly files?: KernelFiles;
  readonly clock?: Clock;
}

/**
 * The sensors of the machine itself: load averages, CPU use, network traffic, and a temperature for each thermal zone that
 * it has now. Works on any Linux without special rights; on another system the sensors fail to open and say why.
 */
export async function hostSensors(options: HostSensorsOptions = {}): Promise<readonly OpenSensor[]> {
  const { simulate = false, seed = 1, clock = systemClock } = options;
  const files = options.files ?? (simulate ? simulatedKernel({ seed }) : kernelFiles());
  return [hostLoad(files), hostCpu(files, clock), hostNetwork(files, clock), ...(await thermalZones(files))];
}
