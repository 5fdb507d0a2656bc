// Describes a netCDF file of rows by CF's discrete sampling geometry (CF 1.11, chapter 9) and ACDD.

import { columnAttributes as attributesOf } from '../../../dap/model/attributes.ts';
import { isNumberType } from '../../../dap/model/layout.ts';
import { NumberMeaning } from '../../../dap/model/meaning.ts';
import {
  type Attribute,
  type AttributeTable,
  attributeTable,
  isAtomic,
  type Sequence,
} from '../../../dap/protocol.ts';
import { columnAttributes, globalAttributes } from './attributes.ts';
import type { NcAttribute, NcFile, NcFixedVariable, NcRecordVariable } from './file.ts';
import { NcNames } from './names.ts';
import type { RecordColumn } from './records.ts';
import { columnWriting } from './types.ts';

/** The column of times, and the name of the record dimension: CF finds a coordinate variable by this. */
export const TIME = 'time';

/** The number that netCDF takes for a missing short number by default (NC_FILL_SHORT). */
const FILL_SHORT = -32767;

/** Columns as they stand in a file. */
export interface FileColumns {
  readonly columns: readonly RecordColumn[];
  readonly variables: readonly NcRecordVariable[];
  readonly fixed: readonly NcFixedVariable[];
}

/**
 * The variables of a file: the columns, the name of the station, and its position if the dataset has one.
 * @param dataset the name of the dataset
 * @throws TypeError for a column that is not of numbers
 */
export function describeColumns(
  dataset: string,
  sequence: Sequence,
  attributes: AttributeTable,
): FileColumns {
  const names = new NcNames();
  const given = sequence.fields.map(field => {
    if (!isAtomic(field) || !isNumberType(field.type)) {
      throw new TypeError(`expected columns of numbers, found ${field.name} (${field.type})`);
    }
    const { type } = field;
    const table = attributesOf(attributes, sequence.name, field.name) ?? new Map();
    const meaning = new NumberMeaning(type, table);
    const writing = columnWriting(type, meaning);
    const described = columnAttributes(table, { type, ncType: writing.ncType, meaning });
    return { name: names.take(field.name), isTime: field.name === TIME, type, writing, described };
  });
  const fixed = stationVariables(dataset, attributes, names);
  // CF lists them in each variable that belongs to the station.
  const coordinates = text('coordinates', [TIME, ...fixed.map(({ name }) => name)].join(' '));
  return {
    columns: given.map(({ name, type, writing, described }) => ({
      name,
      type,
      writing,
      fill: fillOf(described),
    })),
    variables: given.map(({ name, isTime, writing: { ncType }, described }) => ({
      name,
      type: ncType,
      attributes:
        isTime || described.some(({ name: own }) => own === 'coordinates')
          ? described
          : [...described, coordinates],
    })),
    fixed,
  };
}

/** What a file tells of its rows besides the attributes of the dataset. */
export interface FileFacts {
  /** Times of the first and the last row, in seconds since 1970; undefined without a row, or where they are not known. */
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  /** How the file was made: a line for the attribute `history`. */
  readonly origin: string;
  /** False for rows that a function made, and for every nth row. */
  readonly hasIntervalOfDataset: boolean;
}

/** The file with these columns. */
export function describeFile(
  { variables, fixed }: FileColumns,
  attributes: AttributeTable,
  facts: FileFacts,
): NcFile {
  const global = globalTable(attributeTable(attributes, 'NC_GLOBAL') ?? new Map(), facts);
  // The geometry is one of points with a position.
  if (!fixed.some(({ value }) => value.type === 'double')) {
    global.delete('featureType');
    global.delete('cdm_data_type');
  }
  return { dimension: TIME, attributes: globalAttributes(global), fixed, variables };
}

function globalTable(
  dataset: AttributeTable,
  { first, last, origin, hasIntervalOfDataset }: FileFacts,
): AttributeTable {
  const table: AttributeTable = new Map(dataset);
  for (const name of ['time_coverage_start', 'time_coverage_end', 'time_coverage_duration'])
    table.delete(name);
  if (!hasIntervalOfDataset) table.delete('time_coverage_resolution');
  if (first !== undefined && last !== undefined) {
    table.set('time_coverage_start', stringAttribute(iso(Math.floor(first * 1000))));
    const end = stringAttribute(iso(Math.ceil(last * 1000)));
    table.set('time_coverage_end', end);
    // The window is the same in each byte whenever it is asked for: its data are as old as its last row.
    table.set('date_created', end);
  }
  const before = table.get('history');
  const lines = before === undefined || before instanceof Map ? [] : before.values.map(String);
  table.set('history', stringAttribute([...lines, origin].join('\n')));
  return table;
}

/** The name of the station, which CF wants in every series, and its position, by the attributes of ACDD. */
function stationVariables(dataset: string, attributes: AttributeTable, names: NcNames): NcFixedVariable[] {
  const global = attributeTable(attributes, 'NC_GLOBAL');
  const place = (
    name: string,
    axis: string,
    kind: string,
    described: readonly (readonly [string, string])[],
  ) => {
    const [least, greatest] = ['min', 'max'].map(end => numberOf(global?.get(`geospatial_${kind}_${end}`)));
    // A dataset that moves has columns with its position.
    if (least === undefined || least !== greatest) return [];
    const own = [
      ['standard_name', name],
      ['long_name', `${name} of the sensors`],
      ...described,
      ['axis', axis],
    ] as const;
    return [
      {
        name: names.take(name),
        attributes: own.map(([key, value]) => text(key, value)),
        value: { type: 'double', number: least },
      } as const,
    ];
  };
  const latitude = place('latitude', 'Y', 'lat', [['units', 'degrees_north']]);
  const longitude = place('longitude', 'X', 'lon', [['units', 'degrees_east']]);
  const isPlaced = latitude.length > 0 && longitude.length > 0;
  const station: NcFixedVariable = {
    name: names.take('station'),
    attributes: [text('long_name', 'name of the station'), text('cf_role', 'timeseries_id')],
    value: { type: 'char', text: dataset, dimension: 'station_strlen' },
  };
  if (!isPlaced) return [station];
  const units = stringOf(global?.get('geospatial_vertical_units')) ?? 'm';
  const positive = stringOf(global?.get('geospatial_vertical_positive')) ?? 'up';
  const altitude = place('altitude', 'Z', 'vertical', [
    ['units', units],
    ['positive', positive],
  ]);
  return [...latitude, ...longitude, ...altitude, station];
}

function fillOf(described: readonly NcAttribute[]): number {
  const fill = described.find(({ name }) => name === '_FillValue');
  return fill !== undefined && fill.type !== 'char' ? (fill.values[0] ?? FILL_SHORT) : FILL_SHORT;
}

function numberOf(found: Attribute | AttributeTable | undefined): number | undefined {
  if (found === undefined || found instanceof Map) return undefined;
  const [value] = found.values;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function stringOf(found: Attribute | AttributeTable | undefined): string | undefined {
  return found === undefined || found instanceof Map ? undefined : String(found.values[0]);
}

function iso(millis: number): string {
  return new Date(millis).toISOString();
}

function stringAttribute(value: string): Attribute {
  return { type: 'String', values: [value] };
}

function text(name: string, value: string): NcAttribute {
  return { name, type: 'char', text: value };
}
