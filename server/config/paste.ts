// What is to be written into a configuration to have the sensors that were found? A text that the loader takes as it is.

import { type FoundSensor, type SensorKind, setUpSensor } from '../../device/index.ts';
import { entryLines } from './entry.ts';
import { DEFAULT_INTERVAL } from './schema.ts';

/** A sensor that was found, and of which kind it is. */
export interface FoundOfKind {
  readonly kind: SensorKind;
  /** The file of the kind, where that is no file of the project. */
  readonly driver?: string;
  readonly found: FoundSensor;
}

const DATASET = 'station';

interface Entry {
  readonly lines: readonly string[];
  readonly note: string | undefined;
  /** Another entry has what it needs: only one of them can be right. */
  readonly instead: boolean;
}

/** A configuration of one dataset with these sensors; of two that hold the same place, the second is a comment. */
export function pasteText(sensors: readonly FoundOfKind[]): string {
  return `datasets:\n  ${DATASET}:\n${indented(foundText(sensors), 4)}`;
}

/** What stands below the name of that dataset. */
export function foundText(sensors: readonly FoundOfKind[]): string {
  const columns = new Set<string>();
  const claims = new Set<string>();
  let interval = DEFAULT_INTERVAL;
  const entries = sensors.map(({ kind, driver, found }): Entry => {
    const { note } = found;
    const options = kind.options.parse(found.options);
    const held = kind.claims?.(options) ?? [];
    const instead = held.some(claim => claims.has(claim));
    const name = freeName({ kind, found }, options, instead ? new Set() : columns);
    const lines = entryLines({ kind, driver }, found.options, name);
    if (instead) return { lines, note, instead };
    for (const claim of held) claims.add(claim);
    const setup = setUpSensor(kind, options, name === undefined ? {} : { name });
    for (const { column } of setup.columns) columns.add(column.name);
    interval = Math.max(interval, Math.ceil(kind.conversionTime(options)));
    return { lines, note, instead };
  });
  const list = entries.map(entryText).join('');
  return `interval: ${interval} s\nsensors:\n${indented(list, 2)}`;
}

function indented(text: string, blanks: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(blanks));
}

/** The sensor's name, with a number where another sensor has columns of those names. */
function freeName(
  { kind, found }: FoundOfKind,
  options: Readonly<Record<string, unknown>>,
  taken: ReadonlySet<string>,
): string | undefined {
  const base = found.name ?? kind.name.replaceAll('-', '_');
  const isFree = (name: string | undefined) =>
    !setUpSensor(kind, options, name === undefined ? {} : { name }).columns.some(({ column }) =>
      taken.has(column.name),
    );
  if (isFree(found.name)) return found.name;
  let name = base;
  for (let copy = 2; !isFree(name); copy++) name = `${base}_${copy}`;
  return name;
}

function entryText({ lines: [first = '', ...others], note, instead }: Entry): string {
  const remark = [instead ? 'or, at the same place:' : undefined, note].filter(text => text !== undefined);
  const lines = [
    ...(remark.length === 0 ? [] : [`# ${remark.join(' ').replaceAll(/\s+/g, ' ')}`]),
    ...[`- ${first}`, ...others.map(line => `  ${line}`)].map(line => (instead ? `# ${line}` : line)),
  ];
  return lines.map(line => `${line}\n`).join('');
}
