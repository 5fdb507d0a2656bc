// Finds the drivers and the files of secrets that a configuration names, and writes other names in their place.

import { dirname, relative } from 'node:path';
import { isAlias, isScalar, parseDocument } from 'yaml';
import { driverFile, writtenDriver } from '../config/drivers/drivers.ts';
import { readSources } from '../config/load.ts';
import { valueAt } from '../config/mistakes/explain.ts';
import type { ConfigSource } from '../config/text/config-source.ts';
import { isMapping } from '../config/text/dataset-node.ts';
import { decodeText } from '../config/text/document-text.ts';
import type { Step } from '../config/text/problem.ts';

/** A file that a text names, and the place of its name. */
export interface NamedFile {
  readonly role: 'driver' | 'credential';
  /** The text that names it. */
  readonly source: string;
  readonly at: readonly Step[];
  readonly written: string;
  /** Its absolute path. */
  readonly path: string;
}

/** The keys that name the files of an MQTT broker, and those of the servers of NATS. */
const MQTT = ['credentials', 'ca', 'certificate', 'key'];
const NATS = ['credentials', 'ca'];

type Keys = readonly string[];

const below = (path: Keys, keys: Keys): readonly Keys[] => keys.map(key => [...path, key]);

/** Where the main file and a dataset name files of secrets; a name that is no absolute path is a credential of systemd. */
const OF_SINKS: readonly Keys[] = [...below(['publish', 'mqtt'], MQTT), ...below(['publish', 'nats'], NATS)];
const IN_MAIN: readonly Keys[] = [
  ['access', 'users'],
  ...below(['server', 'tls'], ['certificate', 'key']),
  ...below(['fleet', 'nats'], NATS),
  ...OF_SINKS,
];
const IN_DATASET: readonly Keys[] = [
  ['source', 'credentials'],
  ...below(['source', 'nats'], NATS),
  ...OF_SINKS,
];

/** Texts with mistakes name what can be read of them. */
export function namedFiles(sources: readonly ConfigSource[]): readonly NamedFile[] {
  return readSources(sources).flatMap(({ document: { source, value }, dataset }): NamedFile[] => {
    const places = dataset === undefined ? datasetsIn(value) : [{ prefix: [], value }];
    const secrets = [...(dataset === undefined ? IN_MAIN : []), ...places.flatMap(secretsIn)].flatMap(
      (at): NamedFile[] => {
        const written = valueAt(value, at);
        const isPath = typeof written === 'string' && written.startsWith('/');
        return isPath ? [{ role: 'credential', source, at, written, path: written }] : [];
      },
    );
    const drivers = places.flatMap(place => {
      const sensors = valueAt(place.value, ['sensors']);
      return (Array.isArray(sensors) ? sensors : []).flatMap((sensor, index): NamedFile[] => {
        const written = writtenDriver(sensor);
        if (written === undefined) return [];
        const at = [...place.prefix, 'sensors', index, 'driver'];
        return [{ role: 'driver', source, at, written, path: driverFile(source, written) }];
      });
    });
    return [...secrets, ...drivers];
  });
}

interface DatasetPlace {
  readonly prefix: readonly Step[];
  readonly value: unknown;
}

/** The places in a dataset that may name files of secrets, those of its sensors at a broker included. */
function secretsIn({ prefix, value }: DatasetPlace): readonly (readonly Step[])[] {
  const sensors = valueAt(value, ['sensors']);
  const ofSensors = (Array.isArray(sensors) ? sensors : []).flatMap((sensor, index) =>
    valueAt(sensor, ['kind']) === 'mqtt' ? MQTT.map(key => ['sensors', index, key]) : [],
  );
  return [...IN_DATASET, ...ofSensors].map(path => [...prefix, ...path]);
}

/** The folders of histories that a text names, and the places of their names. */
export function historyPaths({
  name,
  content,
  dataset,
}: ConfigSource): readonly { readonly at: readonly Step[]; readonly written: string }[] {
  const [source] = readSources([{ name, content, ...(dataset === undefined ? {} : { dataset }) }]);
  const value = source?.document.value;
  const places = [
    { prefix: [] as readonly Step[], value },
    ...(dataset === undefined ? datasetsIn(value) : []),
  ];
  return places.flatMap(place => {
    const written = valueAt(place.value, ['history', 'path']);
    return typeof written === 'string' ? [{ at: [...place.prefix, 'history', 'path'], written }] : [];
  });
}

function datasetsIn(value: unknown): readonly DatasetPlace[] {
  const datasets = valueAt(value, ['datasets']);
  const entries = isMapping(datasets) || Array.isArray(datasets) ? Object.entries(datasets) : [];
  return entries.map(([name, inside]) => ({
    prefix: ['datasets', Array.isArray(datasets) ? Number(name) : name],
    value: inside,
  }));
}

/**
 * The text with other names of files, all else as it was.
 * @throws a sentence if a name does not stand there as plain text, such as behind an alias
 */
export function withNames(
  { name: source, content }: ConfigSource,
  names: readonly { readonly at: readonly Step[]; readonly written: string }[],
): string {
  const decoded = decodeText(source, content);
  if ('problem' in decoded) throw new Error(`${source}: expected ${decoded.problem.expected}`);
  const document = parseDocument(decoded.text, { version: '1.2', uniqueKeys: false });
  // An alias and its anchor are one place.
  const places = new Map<number, { readonly to: number; readonly written: string }>();
  for (const { at, written } of names) {
    const found = document.getIn(at, true);
    const node = isAlias(found) ? found.resolve(document) : found;
    if (!isScalar(node) || node.range === undefined || node.range === null) {
      throw new Error(
        `${source}: expected the name of a file at ${at.join('.')}, found an alias; write the name out, and back up again`,
      );
    }
    const [from, to] = node.range;
    places.set(from, { to, written });
  }
  let { text } = decoded;
  for (const [from, { to, written }] of [...places].sort(([one], [other]) => other - one))
    text = `${text.slice(0, from)}${JSON.stringify(written)}${text.slice(to)}`;
  return text;
}

/** How a text names a driver in a folder beside it or above it: `./x.js`. */
export function nameFrom(source: string, path: string): string {
  const name = relative(dirname(source), path);
  return name.startsWith('.') ? name : `./${name}`;
}
