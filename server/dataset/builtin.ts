// Which datasets are served without a configuration? The original post's thermometer, simulated, and this host's load.

import {
  type Device,
  type DeviceEvent,
  openDevice,
  openerOf,
  SENSOR_KINDS,
  type SensorHost,
  type SensorSetup,
  setUpSensor,
  simulatedHost,
  thisHost,
} from '../../device/index.ts';
import type { Dataset, DatasetEvents, DatasetInfo } from './dataset.ts';
import { LoggedDataset } from './logged.ts';
import { MaterialisedDataset } from './materialised.ts';

export interface BuiltinOptions {
  /** Seconds between rows; 0 = as fast as each client reads. */
  readonly interval: number;
  /** True: the host is simulated too. */
  readonly simulate: boolean;
  readonly seed: number;
  readonly onEvent?: (dataset: string, event: DeviceEvent) => void;
  readonly onOverrun?: (dataset: string, missed: number) => void;
  readonly onFailure?: (dataset: string, error: unknown) => void;
}

/** The 2013 experiment's dataset: a TMP36 on a Raspberry Pi. */
const ROBERRYPI: DatasetInfo = {
  name: 'roberrypi',
  title: 'Thermometer of a Raspberry Pi (simulated)',
  summary: 'Voltage and temperature of a simulated TMP36 sensor: a daily and a fast component, and noise.',
  source: 'simulation of a TMP36 temperature sensor',
};

/** What the 2013 experiment's public demonstration served. */
const HOST: DatasetInfo = {
  name: 'host',
  title: 'Load of this machine',
  summary:
    "CPU load, bytes over the network and the thermal zones' temperatures of the machine that serves this.",
  source: "the kernel's /proc and /sys",
};

const SIMULATED_HOST: DatasetInfo = {
  ...HOST,
  title: 'Load of a machine (simulated)',
  summary: 'CPU load, bytes over the network and a thermal zone of a simulated machine.',
  source: 'simulation of the kernel files of a Linux machine',
};

/** Opens the built-in datasets. A machine that has no `/proc` serves `roberrypi` alone, and `left` says why. */
export async function openBuiltinDatasets(
  options: BuiltinOptions,
): Promise<{ datasets: Dataset[]; left: string[] }> {
  const { simulate, seed } = options;
  const host = thisHost(seed);
  const datasets = [
    await openDataset(ROBERRYPI, await setupsOf(['tmp36-simulated'], host, options), options),
  ];
  const left: string[] = [];
  try {
    const info = simulate ? SIMULATED_HOST : HOST;
    const setups = await setupsOf(['host-load', 'host-cpu', 'host-network', 'thermal'], host, options);
    datasets.push(await openDataset(info, setups, options));
  } catch (error) {
    left.push(`dataset host is left out: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { datasets, left };
}

/** Every sensor of these kinds that is there, or the one of a kind that cannot look for any. */
async function setupsOf(
  kinds: readonly string[],
  host: SensorHost,
  { simulate }: BuiltinOptions,
): Promise<readonly SensorSetup[]> {
  const setups: SensorSetup[] = [];
  for (const kind of SENSOR_KINDS.filter(({ name }) => kinds.includes(name))) {
    const place = simulate ? simulatedHost(kind, {}, host) : host;
    for (const { name, options } of (await kind.find?.(place)) ?? [{ options: {} }]) {
      const channels = name === undefined ? {} : { temperature: { name: `temperature_${name}` } };
      setups.push(
        setUpSensor(kind, kind.options.parse(options), name === undefined ? {} : { name, channels }),
      );
    }
  }
  return setups;
}

async function openDataset(
  info: DatasetInfo,
  setups: readonly SensorSetup[],
  { interval, simulate, seed, onEvent, onOverrun, onFailure }: BuiltinOptions,
): Promise<Dataset> {
  const device: Device = await openDevice({
    sensors: setups.map(setup => openerOf(setup, thisHost(seed), simulate)),
    interval,
    onEvent: event => onEvent?.(info.name, event),
  });
  const events: DatasetEvents = {
    onOverrun: missed => onOverrun?.(info.name, missed),
    onFailure: error => onFailure?.(info.name, error),
  };
  return interval > 0
    ? new LoggedDataset(info, device, events)
    : new MaterialisedDataset(info, device, events);
}
