// Describes a dataset for the page: its Sequence, its time column, and the shown columns with their labels and units.

import {
  type AttributeTable,
  attributeText,
  columnAttributes,
  listedNumbers,
} from '../../dap/model/attributes.ts';
import { secondsOfDuration } from '../../dap/model/duration.ts';
import { isNumberType } from '../../dap/model/layout.ts';
import { type ColumnLimits, limitsIn } from '../../dap/model/limits.ts';
import { meaningOf, missingTexts, type NumberMeaning } from '../../dap/model/meaning.ts';
import { findTime, type TimeColumn } from '../../dap/model/time-column.ts';
import { type Atomic, type DapDataset, isAtomic, type NumberType } from '../../dap/model/variable.ts';
import { prettyUnits } from '../text/units.ts';
import { type Flags, flagsOf } from './flags.ts';

/** The longest label that is shown, in UTF-16 units. */
const LONGEST_LABEL = 200;

/** One column that the page shows. */
export interface ShownColumn {
  readonly name: string;
  /**
   * Its `long_name`, else its name; behind the name of its sensor (`sensor_name`) if it has one. The names of columns tell
   * those with the same label apart.
   */
  readonly label: string;
  /** As people write it: `°C`; empty for none. Columns of one unit share a chart. */
  readonly unit: string;
  readonly kind: 'real' | 'integer' | 'text';
  /** The DAP2 type of its numbers; undefined for text. */
  readonly type: NumberType | undefined;
  /** The smallest step between two values; undefined if the dataset does not state it. */
  readonly resolution: number | undefined;
  /** Recognises missing values of a column of numbers, and unpacks the others; undefined for text. */
  readonly meaning: NumberMeaning | undefined;
  /** The words of its states, as a switch has; undefined for numbers that are quantities. */
  readonly flags?: Flags | undefined;
  /** The texts that stand for no value. */
  readonly missingTexts: readonly string[];
  /** Beyond which values it is a warning or an alarm, in units as shown; undefined for none. */
  readonly limits?: ColumnLimits | undefined;
}

export interface Description {
  readonly title: string;
  /** The institution that runs it; empty if the dataset does not state it. */
  readonly institution: string;
  /** Seconds between rows (ACDD `time_coverage_resolution`); undefined if the dataset does not state it. */
  readonly interval: number | undefined;
  /** The Sequence's name. */
  readonly sequence: string;
  /** True if the dataset holds other variables too, so that the Sequence has to be requested by its name. */
  readonly amongOthers: boolean;
  /** True if the constraint of the dataset's address selects rows itself: the page adds no bound on time then. */
  readonly isBounded?: boolean;
  /** Undefined without a column of times: rows are then shown at the time of their arrival. */
  readonly time: TimeColumn | undefined;
  readonly columns: readonly ShownColumn[];
}

/** Columns that share a chart, because they share a unit. */
export interface UnitGroup {
  readonly unit: string;
  readonly columns: readonly ShownColumn[];
}

/**
 * Describes the first Sequence of `dataset` that has a time column, or else the first. Throws an error that lists the
 * variables of a dataset without a Sequence.
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
    columns: describeColumns(
      sequence.fields.filter(isAtomic).filter(field => field.name !== time?.name),
      name => columnAttributes(attributes, sequence.name, name),
    ),
  };
}

/** Describes columns by their attributes, with labels that tell them apart. */
export function describeColumns(
  fields: readonly Atomic[],
  attributesOf: (name: string) => AttributeTable | undefined,
): ShownColumn[] {
  return withDistinctLabels(fields.map(field => describeColumn(field, attributesOf(field.name))));
}

/** Two thermometers of one kind have one long name: the names of their columns tell them apart. */
function withDistinctLabels(columns: readonly ShownColumn[]): ShownColumn[] {
  const byLabel = new Map<string, ShownColumn[]>();
  for (const column of columns) {
    const alike = byLabel.get(column.label);
    if (alike === undefined) byLabel.set(column.label, [column]);
    else alike.push(column);
  }
  return columns.map(column => {
    const alike = byLabel.get(column.label)!;
    return alike.length === 1 ? column : { ...column, label: labelAmong(column, alike) };
  });
}

/** `fridge_temperature` and `roof_temperature`, both called Temperature, are of a fridge and a roof. */
function labelAmong({ name, label }: ShownColumn, alike: readonly ShownColumn[]): string {
  const parts = name.split('_');
  const quantity = parts
    .map((_, index) => `_${parts.slice(index).join('_')}`)
    .find(end => alike.every(other => other.name.length > end.length && other.name.endsWith(end)));
  return quantity === undefined ? `${label} (${name})` : ofSensor(name.slice(0, -quantity.length), label);
}

/** The label behind the sensor's own name, unless the label contains that name. */
function ofSensor(sensor: string | undefined, label: string): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_-]+/g, ' ');
  return !sensor || ` ${plain(label)} `.includes(` ${plain(sensor)} `) ? label : `${sensor} · ${label}`;
}

/** The columns of numbers, grouped by unit, in their order. */
export function groupByUnit(columns: readonly ShownColumn[]): UnitGroup[] {
  const groups = new Map<string, ShownColumn[]>();
  for (const column of columns) {
    if (column.kind === 'text') continue;
    const group = groups.get(column.unit);
    if (group === undefined) groups.set(column.unit, [column]);
    else group.push(column);
  }
  return [...groups].map(([unit, together]) => ({ unit, columns: together }));
}

function describeColumn({ name, type }: Atomic, attributes: AttributeTable | undefined): ShownColumn {
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
    flags: flagsOf(attributes, meaning),
    // Limits are in the units of unpacked numbers, which are not of the type of the column.
    limits: meaning === undefined ? undefined : limitsIn(meaning.isPacked ? 'Float64' : type, attributes),
  };
}

/** A text of a server as a label: a text that would fill the page is cut. */
function shortened(text: string): string {
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL)}…` : text;
}
