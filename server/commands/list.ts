// `dapberry list`: which kinds of sensors are there, with which options, and what is attached to this machine?

import { type Need, SENSOR_KINDS, type SensorKind, usualOptions } from '../../device/index.ts';
import { jsonSchemaOf } from '../config/expected.ts';
import { keyTexts } from '../config/key-table.ts';
import { nearest } from '../config/nearest.ts';
import { type FoundOfKind, pasteText } from '../config/paste.ts';
import { DEFAULT_SEED } from '../config/schema.ts';
import { type Attached, attachedTo } from '../machine/attached.ts';
import type { Machine } from '../machine/machine.ts';
import { aligned, wrapped } from '../terminal-text.ts';
import { type Command, type Surroundings, UsageError } from './command.ts';

/** Kinds that talk to a chip to recognise it. */
const ASKED_ONLY: readonly Need[] = ['i2c'];

export const listCommand: Command = {
  name: 'list',
  summary: 'list the kinds of sensors, and what is attached to this machine',
  description:
    'Prints the kinds of sensors with their options, or one kind; then what is attached to this machine, and the lines of a configuration that have it. It asks the kernel alone: chips on I2C, which it does not know of, are asked with --probe. Most chips can be asked safely, but some may be disturbed.',
  operands: { shown: '[KIND]', most: 1 },
  options: [{ name: 'probe', meaning: 'ask at each address of the I2C buses whether a chip is there' }],
  examples: ['dapberry list', 'dapberry list thermal', 'dapberry list --probe'],
  run: async ({ operands: [name], options }, surroundings) => {
    const { machine, print, styled } = surroundings;
    const kinds = name === undefined ? SENSOR_KINDS : [kindOf(name)];
    const probe = options.has('probe');
    const found = await findSensors(kinds, machine, probe);
    const attached = name === undefined ? await attachedTo(machine, SENSOR_KINDS, probe) : undefined;
    const titled = (title: string, body: string) => `${styled('bold', title)}\n\n${body}`;
    const parts = [
      titled('Kinds of sensors', kinds.map(kind => kindText(kind, styled)).join('\n\n')),
      ...(attached === undefined ? [] : [titled('Attached to this machine', attachedText(attached))]),
      found.length === 0
        ? nothingFound(kinds, probe)
        : titled('To write into a configuration', pasteText(found).trimEnd()),
    ];
    print(`${parts.join('\n\n')}\n`);
    return 0;
  },
};

function kindOf(name: string): SensorKind {
  const kind = SENSOR_KINDS.find(candidate => candidate.name === name);
  if (kind !== undefined) return kind;
  const names = SENSOR_KINDS.map(candidate => candidate.name);
  const meant = nearest(name, names);
  throw new UsageError(
    `expected one of the kinds ${names.join(', ')}, found ${JSON.stringify(name)}`,
    meant === undefined ? undefined : `did you mean ${meant}?`,
  );
}

/** The sensors that are there now; those that only a question over their wires can find, with `probe`. */
export async function findSensors(
  kinds: readonly SensorKind[],
  machine: Machine,
  probe: boolean,
): Promise<readonly FoundOfKind[]> {
  const host = machine.host(DEFAULT_SEED);
  const lists = kinds.map(async kind => {
    if (!probe && isAskedOnly(kind)) return [];
    const found = (await kind.find?.(host)) ?? [];
    return found.map(sensor => ({ kind, found: sensor }));
  });
  return (await Promise.all(lists)).flat();
}

function nothingFound(kinds: readonly SensorKind[], probe: boolean): string {
  const [first, ...others] = kinds;
  const which = others.length === 0 ? `the kind ${first?.name}` : 'these kinds';
  const unasked = !probe && kinds.some(isAskedOnly);
  return `No sensor of ${which} was found${unasked ? ' without asking on I2C (--probe)' : ''}.`;
}

function isAskedOnly({ needs }: SensorKind): boolean {
  return needs.some(need => ASKED_ONLY.includes(need));
}

function kindText(kind: SensorKind, styled: Surroundings['styled']): string {
  const { name, title, description, needs, options } = kind;
  const channels = kind.channels(usualOptions(kind));
  const rows = keyTexts(jsonSchemaOf(options)).map(({ key, expected, usual, meaning }) => [
    key,
    `${meaning} Expected: ${expected}${usual === '' ? '' : usual === 'required' ? '; required' : `; ${usual} where it is left out`}.`,
  ]);
  const lines = [
    wrapped(description),
    aligned([
      ['needs', needs.length === 0 ? 'nothing' : needs.join(', ')],
      ['channels', channels.map(channel => `${channel.name} (${channel.units})`).join(', ')],
    ]),
    ...(rows.length === 0 ? [] : [`options\n${aligned(rows).replaceAll(/^(?=.)/gm, '  ')}`]),
  ];
  return `${styled('bold', name)}: ${title}\n${lines.join('\n').replaceAll(/^(?=.)/gm, '  ')}`;
}

function attachedText(attached: readonly Attached[]): string {
  return aligned(
    attached.flatMap(({ what, devices }) =>
      (devices.length === 0 ? ['none'] : devices).map((device, index) => [index === 0 ? what : '', device]),
    ),
  );
}
