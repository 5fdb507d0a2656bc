// What a dataset holds for a page: its Sequence, the time column, and the channels with their names and units.

import {
  type AttributeTable,
  attributeText,
  columnAttributes,
  listedNumbers,
} from '../../dap/model/attributes.ts';
import { secondsOfDuration } from '../../dap/model/duration.ts';
import { isNumberType } from '../../dap/model/layout.ts';
import { meaningOf, missingTexts, type NumberMeaning } from '../../dap/model/meaning.ts';
import { findTime, type TimeColumn } from '../../dap/model/time-column.ts';
import { type Atomic, type DapDataset, isAtomic, type NumberType } from '../../dap/model/variable.ts';
import { prettyUnits } from '../text/units.ts';

/** UTF-16 units of a label that are shown. */
const LONGEST_LABEL = 200;

/** One column that is shown. */
export interface Channel {
  readonly name: string;
  /**
   * What a person calls it: `long_name`, else the column's name, behind the name of its sensor (`sensor_name`) where it
   * has one; with the column's name where several columns are called the same.
   */
  readonly label: string;
  /** As a reader writes it: `°C`; empty for none. Channels of one unit share a chart. */
  readonly unit: string;
  readonly kind: 'real' | 'integer' | 'text';
  /** How the numbers come; undefined for text. */
  readonly type: NumberType | undefined;
  /** The smallest step between two values, where the dataset says so. */
  readonly resolution: number | undefined;
  /** Tells the values of a column of numbers from what stands for none, and unpacks them; undefined for text. */
  readonly meaning: NumberMeaning | undefined;
  /** The texts that stand for no value. */
  readonly missingTexts: readonly string[];
}

export interface Description {
  readonly title: string;
  /** Who runs it; empty where the dataset does not say. */
  readonly institution: string;
  /** Seconds between rows, where the dataset says so (ACDD `time_coverage_resolution`). */
  readonly interval: number | undefined;
  /** The Sequence's name. */
  readonly sequence: string;
  /** True where the dataset holds other variables too, so that the Sequence has to be asked for by its name. */
  readonly amongOthers: boolean;
  /** Undefined where no column tells the time: rows are then shown at the time when they arrive. */
  readonly time: TimeColumn | undefined;
  readonly channels: readonly Channel[];
}

/** Channels that share a chart, because they share a unit. */
export interface UnitGroup {
  readonly unit: string;
  readonly channels: readonly Channel[];
}

/**
 * Describes the first Sequence of `dataset` that has a time column, or else the first. Throws an error that lists what
 * was found where there is no Sequence.
 */
export function describeDataset(dataset: DapDataset, attributes: AttributeTable): Description {
  const sequences = dataset.variables.filter(variable => variable.type === 'Sequence');
  const described = sequences.map(sequence => ({ sequence, time: findTime(sequence, attributes) }));
  const chosen = described.find(({ time }) => time !== undefined) ?? described[0];
  if (chosen === undefined) {
    const found = dataset.variables.map(({ type, name }) => `${type} ${name}`).join(', ') || 'nothing';
    throw new TypeError(`Expected a Sequence in dataset ${dataset.name}, found ${found}`);
  }
  const { sequence, time } = chosen;
  const global = attributes.get('NC_GLOBAL');
  const globals = global instanceof Map ? global : undefined;
  return {
    title: shortened(attributeText(globals, 'title') || dataset.name),
    institution: shortened(attributeText(globals, 'institution') ?? ''),
    interval: secondsOfDuration(attributeText(globals, 'time_coverage_resolution')),
    sequence: sequence.name,
    amongOthers: dataset.variables.length > 1,
    time,
    channels: toldApart(
      sequence.fields
        .filter(isAtomic)
        .filter(field => field.name !== time?.name)
        .map(field => describeChannel(field, columnAttributes(attributes, sequence.name, field.name))),
    ),
  };
}

/** Two thermometers of one kind have one long name: their columns' names tell which is which. */
function toldApart(channels: readonly Channel[]): Channel[] {
  const byLabel = new Map<string, Channel[]>();
  for (const channel of channels) {
    const alike = byLabel.get(channel.label);
    if (alike === undefined) byLabel.set(channel.label, [channel]);
    else alike.push(channel);
  }
  return channels.map(channel => {
    const alike = byLabel.get(channel.label)!;
    return alike.length === 1 ? channel : { ...channel, label: labelAmong(channel, alike) };
  });
}

/** `fridge_temperature` and `roof_temperature`, both called Temperature, are of a fridge and a roof. */
function labelAmong({ name, label }: Channel, alike: readonly Channel[]): string {
  const parts = name.split('_');
  const quantity = parts
    .map((_, index) => `_${parts.slice(index).join('_')}`)
    .find(end => alike.every(other => other.name.length > end.length && other.name.endsWith(end)));
  return quantity === undefined ? `${label} (${name})` : ofSensor(name.slice(0, -quantity.length), label);
}

/** The sensor's own name before what it measures, unless that says it already. */
function ofSensor(sensor: string | undefined, label: string): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_-]+/g, ' ');
  return !sensor || ` ${plain(label)} `.includes(` ${plain(sensor)} `) ? label : `${sensor} · ${label}`;
}

/** The numeric channels, together by unit, in the order of the columns. */
export function groupByUnit(channels: readonly Channel[]): UnitGroup[] {
  const groups = new Map<string, Channel[]>();
  for (const channel of channels) {
    if (channel.kind === 'text') continue;
    const group = groups.get(channel.unit);
    if (group === undefined) groups.set(channel.unit, [channel]);
    else group.push(channel);
  }
  return [...groups].map(([unit, together]) => ({ unit, channels: together }));
}

function describeChannel({ name, type }: Atomic, attributes: AttributeTable | undefined): Channel {
  const meaning = meaningOf(type, attributes);
  const label = shortened(attributeText(attributes, 'long_name') || name.replaceAll('_', ' '));
  return {
    name,
    label: ofSensor(attributeText(attributes, 'sensor_name'), label),
    unit: shortened(prettyUnits(shortened(attributeText(attributes, 'units') ?? ''))),
    kind: meaning === undefined ? 'text' : meaning.isWhole ? 'integer' : 'real',
    type: isNumberType(type) ? type : undefined,
    resolution: listedNumbers(attributes, 'resolution')
      .map(({ value }) => value)
      .find(step => step > 0 && Number.isFinite(step)),
    meaning,
    missingTexts: meaning === undefined ? missingTexts(attributes) : [],
  };
}

/** A text that a server gives for a label, which is no label where it fills a page. */
function shortened(text: string): string {
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL)}…` : text;
}
