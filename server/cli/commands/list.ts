// `dapberry list`: prints the kinds of sensors with their options, and the devices attached to this machine.

import { nearest } from '../../../dap/model/nearest.ts';
import { type Channel, SENSOR_KINDS, type SensorKind, usualOptions } from '../../../device/index.ts';
import { sensorsOf } from '../../config/config.ts';
import { insteadOfKind } from '../../config/mistakes/known-parts.ts';
import { keyTexts } from '../../config/reference/key-table.ts';
import { pasteText } from '../../config/reference/paste.ts';
import { jsonSchemaOf } from '../../config/schema/expected.ts';
import { type AttachedDevices, attachedTo } from '../../machine/attached.ts';
import type { Machine } from '../../machine/machine.ts';
import { aligned, wrapped } from '../../text/terminal-text.ts';
import { findSensors, isProbedOnly, type ListedKind } from '../found-sensors.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';
import { fileOf, readValidConfig } from './config-options.ts';

export const listCommand: Command = {
  name: 'list',
  summary: 'list the kinds of sensors, and the devices attached to this machine',
  description:
    'Prints all kinds of sensors, or one kind with its options and channels; then the devices attached to this machine, and configuration lines for the sensors found. Without --probe it asks only the kernel, which does not know most chips on I2C. With --probe it addresses the chips: that is safe for most of them, but may disturb some.',
  operands: { shown: '[KIND]', most: 1 },
  options: [
    { name: 'probe', meaning: 'probe each address of the I2C buses for a chip' },
    { name: 'config', value: 'FILE', meaning: 'a configuration whose drivers are listed too' },
  ],
  examples: ['dapberry list', 'dapberry list thermal', 'dapberry list --probe'],
  run: async (args, context) => {
    const { machine, print, styled } = context;
    const [name] = args.operands;
    const { options } = args;
    const all = [...SENSOR_KINDS.map(builtIn), ...(await ofDrivers(fileOf(args), machine))];
    const kinds = name === undefined ? all : [kindOf(name, all)];
    const probe = options.has('probe');
    const found = await findSensors(kinds, machine, probe);
    const attached = name === undefined ? await attachedTo(machine, SENSOR_KINDS, probe) : undefined;
    const titled = (title: string, body: string) => `${styled('bold', title)}\n\n${body}`;
    const parts = [
      titled('Kinds of sensors', name === undefined ? kindsText(kinds) : kindText(kinds[0]!, styled)),
      ...(attached === undefined ? [] : [titled('Attached to this machine', attachedText(attached))]),
      found.length === 0
        ? nothingFound(kinds, probe)
        : titled('Configuration for the sensors found', pasteText(found).trimEnd()),
    ];
    print(`${parts.join('\n\n')}\n`);
    return 0;
  },
};

/** A kind, and the channels that it has with default options. */
interface ListEntry extends ListedKind {
  readonly channels: readonly Channel[];
}

function builtIn(kind: SensorKind): ListEntry {
  return { kind, channels: kind.channels(usualOptions(kind)) };
}

/** The kinds of the drivers that a configuration names, each once. */
async function ofDrivers(file: string | undefined, machine: Machine): Promise<readonly ListEntry[]> {
  if (file === undefined) return [];
  const { config } = await readValidConfig(file, machine);
  const listed = new Map<string, ListEntry>();
  for (const { kind, driver, options } of config.datasets.flatMap(sensorsOf)) {
    if (driver === undefined || listed.has(driver)) continue;
    listed.set(driver, { kind, driver, channels: kind.channels(options) });
  }
  return [...listed.values()];
}

function kindOf(name: string, kinds: readonly ListEntry[]): ListEntry {
  const listed = kinds.find(({ kind }) => kind.name === name);
  if (listed !== undefined) return listed;
  const names = kinds.map(({ kind }) => kind.name);
  const meant = nearest(name, names);
  throw new UsageError(
    `expected one of the kinds ${names.join(', ')}, found ${JSON.stringify(name)}`,
    insteadOfKind(name) ?? (meant === undefined ? undefined : `did you mean ${meant}?`),
  );
}

function nothingFound(kinds: readonly ListEntry[], probe: boolean): string {
  const [first, ...others] = kinds;
  const which = others.length === 0 ? `the kind ${first?.kind.name}` : 'these kinds';
  const unasked = !probe && kinds.some(isProbedOnly);
  return `No sensor of ${which} was found${unasked ? '; add --probe to look on I2C too' : ''}.`;
}

function kindsText(kinds: readonly ListEntry[]): string {
  const rows = kinds.map(({ kind, driver }) => [
    kind.name,
    kind.title,
    ...(driver === undefined ? [] : [driver]),
  ]);
  return `${aligned(rows)}\n\nRun dapberry list KIND for the options and channels of one kind.`;
}

function kindText({ kind, driver, channels }: ListEntry, styled: CommandContext['styled']): string {
  const { name, title, description, needs, options } = kind;
  const rows = keyTexts(jsonSchemaOf(options)).map(({ key, expected, usual, meaning }) => [
    key,
    `${meaning} Expected: ${expected}${usual === '' ? '' : usual === 'required' ? '; required' : `; default: ${usual}`}.`,
  ]);
  const lines = [
    wrapped(description),
    aligned([
      ...(driver === undefined ? [] : [['driver', driver]]),
      ['needs', needs.length === 0 ? 'nothing' : needs.join(', ')],
      ['channels', channels.map(channel => `${channel.name} (${channel.units})`).join(', ')],
    ]),
    ...(rows.length === 0 ? [] : [`options\n${aligned(rows).replaceAll(/^(?=.)/gm, '  ')}`]),
  ];
  return `${styled('bold', name)}: ${title}\n${lines.join('\n').replaceAll(/^(?=.)/gm, '  ')}`;
}

function attachedText(attached: readonly AttachedDevices[]): string {
  return aligned(
    attached.flatMap(({ what, devices }) =>
      (devices.length === 0 ? ['none'] : devices).map((device, index) => [index === 0 ? what : '', device]),
    ),
  );
}
