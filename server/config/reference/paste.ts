// Writes found sensors as lines of a configuration, ready to paste.

import { type FoundSensor, identifierOf, type SensorKind, setUpSensor } from '../../../device/index.ts';
import { TIME_NAME } from '../check/check.ts';
import { DEFAULT_INTERVAL } from '../schema/schema.ts';
import { entryLines } from './entry.ts';
import { slowestKind } from './round-time.ts';

/** A found sensor and its kind. */
export interface FoundOfKind {
  readonly kind: SensorKind;
  /** The file of the driver, if the kind is not the project's own. */
  readonly driver?: string;
  readonly found: FoundSensor;
}

const DATASET = 'station';

interface Entry {
  readonly lines: readonly string[];
  readonly note: string | undefined;
  /** Whether another entry claims the same chip or pin: only one of them can be right. */
  readonly instead: boolean;
}

/** A configuration of one dataset with these sensors; of two with the same claim, the second is a comment. */
export function pasteText(sensors: readonly FoundOfKind[]): string {
  return `datasets:\n  ${DATASET}:\n${indented(foundText(sensors), 4)}`;
}

/** Names that are unique in a dataset, taken by one sensor. */
interface ReservedNames {
  readonly names: readonly string[];
  readonly columns: readonly string[];
}

/** The lines below the name of that dataset. */
export function foundText(sensors: readonly FoundOfKind[]): string {
  const { interval, list } = sensorLines(sensors);
  return `interval: ${interval} s\n${list}`;
}

/** The shortest whole seconds in which all sensors can be read, and their list with its key. */
export function sensorLines(sensors: readonly FoundOfKind[]): {
  readonly interval: number;
  readonly list: string;
} {
  const all: ReservedNames[] = [];
  const holders = new Map<string, ReservedNames>();
  const read: FoundOfKind[] = [];
  const entries = sensors.map((sensor): Entry => {
    const { kind, driver, found } = sensor;
    const { note } = found;
    const options = kind.options.parse(found.options);
    const held = kind.claims?.(options) ?? [];
    const holder = held.map(claim => holders.get(claim)).find(taken => taken !== undefined);
    // It would replace the other sensor, so it may have the same names.
    const name = freeName(
      { kind, found },
      options,
      all.filter(taken => taken !== holder),
    );
    const lines = entryLines({ kind, driver }, found.options, { name, title: found.title });
    if (holder !== undefined) return { lines, note, instead: true };
    const { columns } = setUpSensor(kind, options, name === undefined ? {} : { name });
    const taken: ReservedNames = {
      names: name === undefined ? [] : [name],
      columns: columns.map(({ column }) => column.name),
    };
    all.push(taken);
    for (const claim of held) holders.set(claim, taken);
    read.push(sensor);
    return { lines, note, instead: false };
  });
  const list = entries.map(entryText).join('');
  const interval = Math.max(DEFAULT_INTERVAL, Math.ceil(slowestKind(read)?.seconds ?? 0));
  return { interval, list: `sensors:\n${indented(list, 2)}` };
}

export function indented(text: string, blanks: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(blanks));
}

/** Characters of a name, so that a number and the name of a channel still fit after it. */
const LONGEST_NAME = 48;

/** The sensor's name, with a number if another sensor has the name or one of its columns. */
function freeName(
  { kind, found }: FoundOfKind,
  options: Readonly<Record<string, unknown>>,
  others: readonly ReservedNames[],
): string | undefined {
  const names = new Set(others.flatMap(taken => taken.names));
  const columns = new Set([TIME_NAME, ...others.flatMap(taken => taken.columns)]);
  const isFree = (name: string | undefined) =>
    (name === undefined || !names.has(name)) &&
    !setUpSensor(kind, options, name === undefined ? {} : { name }).columns.some(({ column }) =>
      columns.has(column.name),
    );
  if (found.name === undefined && isFree(undefined)) return undefined;
  const base = identifierOf(found.name ?? kind.name).slice(0, LONGEST_NAME);
  if (found.name !== undefined && isFree(base)) return base;
  let name = base;
  for (let copy = 2; !isFree(name); copy++) name = `${base}_${copy}`;
  return name;
}

function entryText({ lines: [first = '', ...others], note, instead }: Entry): string {
  const remark = [instead ? 'or, at the same place:' : undefined, note].filter(text => text !== undefined);
  const lines = [
    ...(remark.length === 0 ? [] : [`# ${remark.join(' ').replaceAll(/[\s\p{Cc}]+/gu, ' ')}`]),
    ...[`- ${first}`, ...others.map(line => `  ${line}`)].map(line => (instead ? `# ${line}` : line)),
  ];
  return lines.map(line => `${line}\n`).join('');
}
