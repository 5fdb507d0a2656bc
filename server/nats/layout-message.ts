// Encodes and decodes the message that describes a dataset of a fleet: its DDS, its DAS, and who publishes it (docs/fleet.md).

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isNumberType } from '../../dap/model/layout.ts';
import {
  type AttributeTable,
  columnAttributes,
  type DapDataset,
  parseDas,
  parseDds,
  printDas,
  printDds,
} from '../../dap/protocol.ts';
import type { PushedDelivery, SequenceLayout } from '../source/row-source.ts';
import { MESSAGE_VERSION, MessageError } from './row-message.ts';

/** The names by which a publisher is recognised. */
export interface Publisher {
  /** The machine: the same after a restart. */
  readonly owner: string;
  /** The process: another one after each start. */
  readonly session: string;
  /** The name of the machine, for people. */
  readonly host: string;
}

export interface DatasetDescription {
  readonly model: DapDataset;
  readonly attributes: AttributeTable;
  /** Seconds between rows; undefined for rows that come irregularly. */
  readonly interval?: number | undefined;
  /** A line that gives the layout another id than that of the same columns without it. */
  readonly note?: string | undefined;
}

export interface LayoutMessage extends DatasetDescription {
  /** The id of the layout in row messages: 16 hexadecimal digits. */
  readonly layout: string;
  readonly publisher: Publisher;
}

const WRITTEN = z.object({
  version: z.literal(MESSAGE_VERSION),
  layout: z.string().regex(/^[0-9a-f]{16}$/),
  dds: z.string(),
  das: z.string(),
  interval: z.number().positive().optional(),
  publisher: z.object({ owner: z.string(), session: z.string(), host: z.string() }),
});

/** The first 8 bytes of the SHA-256 of a DDS, as 16 hexadecimal digits. */
export function layoutId(dds: string): string {
  return createHash('sha256').update(dds).digest('hex').slice(0, 16);
}

/** The id of the layout of a dataset. */
export function layoutIdOf(description: Pick<DatasetDescription, 'model' | 'note'>): string {
  return layoutId(ddsOf(description));
}

function ddsOf({ model, note }: Pick<DatasetDescription, 'model' | 'note'>): string {
  const dds = printDds(model);
  return note === undefined ? dds : `${dds}# ${note}\n`;
}

export function encodeLayout(
  { model, attributes, interval, note }: DatasetDescription,
  publisher: Publisher,
): string {
  const dds = ddsOf({ model, note });
  const written: z.input<typeof WRITTEN> = {
    version: MESSAGE_VERSION,
    layout: layoutId(dds),
    dds,
    das: printDas(attributes),
    ...(interval === undefined ? {} : { interval }),
    publisher,
  };
  return JSON.stringify(written);
}

/** @throws {MessageError} for a message of a later version, and for one that is not a layout */
export function decodeLayout(message: Uint8Array): LayoutMessage {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(message));
  } catch {
    throw new MessageError('foreign', 'expected a layout message, which is JSON, found other bytes');
  }
  const { success, data, error } = WRITTEN.safeParse(value);
  if (!success) {
    const { version } = (value ?? {}) as { readonly version?: unknown };
    if (typeof version === 'number' && version > MESSAGE_VERSION) {
      const text = `expected a layout message of version ${MESSAGE_VERSION}, found version ${version}`;
      throw new MessageError('version', `${text}: install a later version of dapberry here`);
    }
    const [first] = error.issues;
    const place = first === undefined || first.path.length === 0 ? 'its value' : first.path.join('.');
    throw new MessageError('foreign', `expected a layout message, found a mistake in ${place}`);
  }
  const { layout, dds, das, interval, publisher } = data;
  if (layoutId(dds) !== layout)
    throw new MessageError('damaged', `expected a DDS with the id ${layout}, found ${layoutId(dds)}`);
  try {
    const model = parseDds(dds);
    sequenceIn(model);
    return { layout, model, attributes: parseDas(das), interval, publisher };
  } catch (cause) {
    throw new MessageError('damaged', (cause as Error).message);
  }
}

/** The columns of a description: one Sequence of numbers, `time` first. Throws an error that says what else it found. */
export function sequenceOf({ model, attributes }: DatasetDescription): SequenceLayout {
  const { name, columns } = sequenceIn(model);
  return {
    name,
    columns: columns.map(column => ({
      ...column,
      attributes: columnAttributes(attributes, name, column.name) ?? new Map(),
    })),
  };
}

/** How the rows of a description come: whenever its machine sends some. */
export function deliveryOf({ interval }: Pick<DatasetDescription, 'interval'>): PushedDelivery {
  return { kind: 'pushed', ...(interval === undefined ? {} : { interval }) };
}

function sequenceIn({ name: dataset, variables }: DapDataset): {
  readonly name: string;
  readonly columns: readonly Omit<SequenceLayout['columns'][number], 'attributes'>[];
} {
  const [sequence, ...others] = variables;
  const expected = `${dataset}: expected one Sequence of numbers with a Float64 time as its first column`;
  if (sequence?.type !== 'Sequence' || others.length > 0)
    throw new Error(`${expected}, found ${variables.map(({ type, name }) => `${type} ${name}`).join(', ')}`);
  const columns = sequence.fields.map(({ type, name }) => {
    if (!isNumberType(type)) throw new Error(`${expected}, found ${type} ${name}`);
    return { type, name };
  });
  const [time] = columns;
  if (time?.type !== 'Float64') throw new Error(`${expected}, found ${time?.type ?? 'no column'}`);
  return { name: sequence.name, columns };
}
