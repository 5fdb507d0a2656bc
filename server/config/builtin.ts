// Builds the datasets that are served without a configuration: attached sensors, else a simulated thermometer; this machine's load.

import { stringify } from 'yaml';
import {
  type FoundSensor,
  isMissing,
  SENSOR_KINDS,
  type SensorHost,
  type SensorKind,
  simulatedHost,
  usualOptions,
} from '../../device/index.ts';
import { type FoundOfKind, foundText, pasteText } from './reference/paste.ts';
import type { ConfigSource } from './text/config-source.ts';

export interface BuiltinDatasets {
  /** The text of each dataset, as an operator would write it. */
  readonly sources: readonly ConfigSource[];
  /** Why datasets or sensors are left out, one sentence each. */
  readonly skipped: readonly string[];
  /** A configuration of the attached sensors for a person to edit; undefined if none is attached. */
  readonly lines?: string;
  /** The attached sensors that the kernel lists, also those that are left out; a text for each. */
  readonly known: readonly string[];
}

/** The 2013 experiment's dataset: a TMP36 on a Raspberry Pi. */
const ROBERRYPI = {
  title: 'Thermometer of a Raspberry Pi (simulated)',
  summary: 'Voltage and temperature of a simulated TMP36 sensor: a daily and a fast component, and noise.',
  source: 'simulation of a TMP36 temperature sensor',
  sensors: [{ kind: 'tmp36-simulated' }],
};

/** The dataset of the 2013 experiment's public demonstration. */
const HOST = {
  title: 'Load of this machine',
  summary:
    "CPU load, bytes over the network and the thermal zones' temperatures of the machine that serves this.",
  source: "the kernel's /proc and /sys",
};

const SIMULATED_HOST = {
  title: 'Load of a machine (simulated)',
  summary: 'CPU load, bytes over the network and a thermal zone of a simulated machine.',
  source: 'simulation of the kernel files of a Linux machine',
};

/** The kinds whose sensors the kernel lists, so that finding them disturbs no device. */
const KNOWN_TO_THE_KERNEL = ['ds18b20', 'iio'];

const ATTACHED = {
  title: 'Sensors attached to this machine',
  summary:
    'The thermometers on 1-Wire and the sensors with a driver in the kernel that were found at the start.',
};

/** Without these files, the dataset of the machine is left out. Windows has no load averages. */
const LOAD = '/proc/loadavg';
const TICKS = '/proc/stat';

/** Where Linux has the kernel's files, other systems have what Node tells of the machine. */
const HOST_ELSEWHERE = {
  ...HOST,
  summary: 'Load of the processors of the machine that serves this.',
  source: "Node's module os",
};

/**
 * The built-in datasets: `attached`, or the simulated `roberrypi` where nothing is attached, and `host`. `skipped` explains why a machine
 * without `/proc` lacks `host`, and which sensors take longer to read than the requested `interval` (in seconds).
 */
export async function builtinConfig(
  host: SensorHost,
  simulate: boolean,
  interval?: number,
): Promise<BuiltinDatasets> {
  const { found, skipped, known } = simulate
    ? { found: [], skipped: [], known: [] }
    : await attachedTo(host, interval);
  // A simulation beside measured values would be taken for one of them.
  const sources = [found.length === 0 ? sourceOf('roberrypi', ROBERRYPI) : attachedSource(found)];
  const facts = found.length === 0 ? { known } : { known, lines: pasteText(found) };
  if (!simulate && !(await isThere(LOAD, host)) && !(await isThere(TICKS, host))) {
    const why = `${LOAD} does not exist: its sensors read files of the Linux kernel, and this machine runs ${process.platform}`;
    return { sources, skipped: [...skipped, `dataset host is left out: ${why}`], ...facts };
  }
  const sensors = await Promise.all(
    ['host-load', 'host-cpu', 'host-network', 'thermal'].map(name => sensorsOf(name, host, simulate)),
  );
  const isElsewhere = !simulate && process.platform !== 'linux';
  const info = simulate ? SIMULATED_HOST : isElsewhere ? HOST_ELSEWHERE : HOST;
  sources.push(sourceOf('host', { ...info, sensors: sensors.flat() }));
  // Rejects if descriptors have run out meanwhile, as sensors then seem to be missing.
  if (!simulate) await isThere(LOAD, host);
  const lacking = `dataset host has the load of the processors only: Node tells no more of a machine that runs ${process.platform}`;
  return { sources, skipped: isElsewhere ? [...skipped, lacking] : skipped, ...facts };
}

function attachedSource(found: readonly FoundOfKind[]): ConfigSource {
  const content = `${stringify(ATTACHED)}${foundText(found)}`;
  return { name: 'built-in attached', content, dataset: 'attached' };
}

/** Whether the file exists; rejects if that is unknown, as on a machine short of file descriptors. */
async function isThere(path: string, { files }: SensorHost): Promise<boolean> {
  return files.read(path).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
}

interface AttachedSensors {
  readonly found: readonly FoundOfKind[];
  readonly skipped: readonly string[];
  readonly known: readonly string[];
}

/** The attached sensors that the kernel lists. Does not reject. */
export async function knownSensors(host: SensorHost): Promise<readonly FoundOfKind[]> {
  const kinds = SENSOR_KINDS.filter(({ name }) => KNOWN_TO_THE_KERNEL.includes(name));
  const lists = kinds.map(async kind =>
    ((await kind.find?.(host)) ?? []).map((sensor): FoundOfKind => ({ kind, found: sensor })),
  );
  return (await Promise.all(lists)).flat();
}

/** Those without the ones that are too slow. */
async function attachedTo(host: SensorHost, interval: number | undefined): Promise<AttachedSensors> {
  const found: FoundOfKind[] = [];
  const skipped: string[] = [];
  const all = await knownSensors(host);
  for (const sensor of all) {
    const { kind, found: place } = sensor;
    const takes = kind.conversionTime(kind.options.parse(place.options));
    if (!interval || takes <= interval) found.push(sensor);
    else
      skipped.push(
        `${kind.name} ${place.note ?? ''} is left out: a reading takes ${takes} s, and the interval is ${interval} s`,
      );
  }
  return { found, skipped, known: all.map(sensorText) };
}

/** The same for the same sensor, so that a new one is noticed. */
export function sensorText({ kind, found }: FoundOfKind): string {
  return `${kind.name} ${JSON.stringify(found.options)}`;
}

/** The sensors of a kind that are attached, as entries of a configuration. */
async function sensorsOf(name: string, host: SensorHost, simulate: boolean): Promise<readonly object[]> {
  const kind = SENSOR_KINDS.find(candidate => candidate.name === name);
  if (kind?.find === undefined) return [];
  const found = await kind.find(simulate ? simulatedHost(kind, usualOptions(kind), host) : host);
  return found.map(sensor => written(kind, sensor));
}

/** The name of a zone's column ends with the zone, so that all temperatures sort together. */
function written(kind: SensorKind, { options, name }: FoundSensor): object {
  if (name === undefined) return { kind: kind.name, ...options };
  const column = { name: `temperature_${name}` };
  return { kind: kind.name, name, ...options, channels: { temperature: column } };
}

function sourceOf(dataset: string, body: object): ConfigSource {
  return { name: `built-in ${dataset}`, content: stringify(body), dataset };
}
