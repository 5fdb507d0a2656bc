// Describes a stretch of a dataset as Arrays with the one dimension `time`: their DDS, and their attributes.

import { instantText } from '../../dap/model/instant.ts';
import type { ArrayVariable, AttributeTable, DapDataset } from '../../dap/protocol.ts';
import type { SequenceColumn, SequenceLayout } from '../source/row-source.ts';
import type { TimeStretch } from './stretch.ts';

/** One Array for each column, `time` first, each with `size` values. */
export function arraysModel(name: string, { columns }: SequenceLayout, size: number): DapDataset {
  const variables = columns.map(
    (column): ArrayVariable => ({
      type: 'Array',
      name: column.name,
      element: { type: column.type, name: column.name },
      dimensions: [{ name: columns[0]!.name, size }],
    }),
  );
  return { name, variables };
}

/**
 * The attributes of the dataset for its Arrays: those of the columns stand beside the global ones, which gain the beginning and the end
 * of the stretch unless the configuration sets them.
 * @param attributes those of the dataset's Sequence
 * @param configured the global attributes of the configuration
 */
export function arraysAttributes(
  attributes: AttributeTable,
  { name, columns }: SequenceLayout,
  { from, to }: TimeStretch,
  configured: AttributeTable = new Map(),
): AttributeTable {
  const global = attributes.get('NC_GLOBAL');
  const coverage: AttributeTable = new Map([
    ['time_coverage_start', { type: 'String', values: [instantText(from)] }],
    ['time_coverage_end', { type: 'String', values: [instantText(to)] }],
  ]);
  const sequence = attributes.get(name);
  const known: ReadonlyMap<string, AttributeTable> =
    sequence instanceof Map ? (sequence as ReadonlyMap<string, AttributeTable>) : new Map();
  return new Map([
    ['NC_GLOBAL', new Map([...(global instanceof Map ? global : []), ...coverage, ...configured])],
    ...columns.map(column => [column.name, withSign(column, known.get(column.name))] as const),
  ]);
}

/**
 * netCDF's library reads unsigned numbers as signed ones; by this attribute of the NetCDF Users Guide, netCDF4 for Python and xarray turn
 * them back.
 */
function withSign({ type, attributes }: SequenceColumn, known: AttributeTable = attributes): AttributeTable {
  if (type !== 'Byte' && type !== 'UInt16' && type !== 'UInt32') return known;
  return new Map([...known, ['_Unsigned', { type: 'String', values: ['true'] }]]);
}
