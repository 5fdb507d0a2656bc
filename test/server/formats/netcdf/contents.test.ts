import { describe, expect, it } from 'vitest';
import type { Attribute, AttributeTable, Sequence } from '../../../../dap/protocol.ts';
import { describeColumns, describeFile } from '../../../../server/formats/netcdf/contents.ts';
import type { NcAttribute } from '../../../../server/formats/netcdf/file.ts';
import { NcNames } from '../../../../server/formats/netcdf/names.ts';
import { recordEncoder } from '../../../../server/formats/netcdf/records.ts';

const text = (value: string): Attribute => ({ type: 'String', values: [value] });
const numbers = (type: Attribute['type'], ...values: number[]): Attribute => ({ type, values });

const FACTS = { origin: 'dapberry/1 /roof.nc', hasIntervalOfDataset: true };

/** A column of a dataset `roof` as it stands in a file. */
function column(type: 'Byte' | 'Int16' | 'UInt16' | 'Int32' | 'UInt32', attributes: AttributeTable) {
  const sequence: Sequence = { type: 'Sequence', name: 'sensor', fields: [{ type, name: 'x' }] };
  const table: AttributeTable = new Map([['sensor', new Map([['x', attributes]])]]);
  const { columns, variables } = describeColumns('roof', sequence, table);
  return { column: columns[0]!, ...variables[0]!, attributes: plain(variables[0]!.attributes) };
}

function plain(attributes: readonly NcAttribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(attribute => [
      attribute.name,
      attribute.type === 'char' ? attribute.text : [attribute.type, ...attribute.values],
    ]),
  );
}

function fileOf(global: AttributeTable, facts: Partial<Parameters<typeof describeFile>[2]> = {}) {
  const sequence: Sequence = {
    type: 'Sequence',
    name: 'sensor',
    fields: [
      { type: 'Float64', name: 'time' },
      { type: 'Float32', name: 'station' },
    ],
  };
  const attributes: AttributeTable = new Map([['NC_GLOBAL', global]]);
  const described = describeColumns('roof', sequence, attributes);
  return describeFile(described, attributes, { ...FACTS, ...facts });
}

describe('a file of a dataset', () => {
  const POSITION: AttributeTable = new Map([
    ['Conventions', text('CF-1.11, ACDD-1.3')],
    ['featureType', text('timeSeries')],
    ['cdm_data_type', text('TimeSeries')],
    ['time_coverage_resolution', text('PT1S')],
    ['geospatial_lat_min', numbers('Float64', 47.5)],
    ['geospatial_lat_max', numbers('Float64', 47.5)],
    ['geospatial_lon_min', numbers('Float64', 8.5)],
    ['geospatial_lon_max', numbers('Float64', 8.5)],
    ['geospatial_vertical_min', numbers('Float64', 410)],
    ['geospatial_vertical_max', numbers('Float64', 410)],
  ]);

  it('with a position is a time series of one station', () => {
    const file = fileOf(POSITION);
    expect(file.fixed.map(({ name, value }) => [name, value])).toEqual([
      ['latitude', { type: 'double', number: 47.5 }],
      ['longitude', { type: 'double', number: 8.5 }],
      ['altitude', { type: 'double', number: 410 }],
      // A column has the name `station`.
      ['station_2', { type: 'char', text: 'roof', dimension: 'station_strlen' }],
    ]);
    expect(plain(file.fixed[0]!.attributes)).toMatchObject({
      standard_name: 'latitude',
      units: 'degrees_north',
    });
    expect(plain(file.fixed[2]!.attributes)).toMatchObject({ units: 'm', positive: 'up', axis: 'Z' });
    expect(plain(file.fixed[3]!.attributes)).toMatchObject({ cf_role: 'timeseries_id' });
    expect(plain(file.variables[1]!.attributes)).toEqual({
      coordinates: 'time latitude longitude altitude station_2',
    });
    expect(plain(file.variables[0]!.attributes)).toEqual({});
    expect(plain(file.attributes)).toMatchObject({ featureType: 'timeSeries', cdm_data_type: 'TimeSeries' });
  });

  it('without a position claims no geometry', () => {
    const global = new Map([...POSITION].filter(([name]) => !name.startsWith('geospatial')));
    expect(plain(fileOf(global).attributes)).toEqual({
      Conventions: 'CF-1.11, ACDD-1.3',
      time_coverage_resolution: 'PT1S',
      history: 'dapberry/1 /roof.nc',
    });
  });

  it('says which times it covers, and how it was made, behind what was made before', () => {
    const global: AttributeTable = new Map([
      ...POSITION,
      ['history', text('calibrated in 2025')],
      ['time_coverage_start', text('2020-01-01T00:00:00Z')],
    ]);
    const facts = { first: 1_700_000_000.25, last: 1_700_000_001.0004, hasIntervalOfDataset: false };
    const attributes = plain(fileOf(global, facts).attributes);
    expect(attributes).toMatchObject({
      time_coverage_start: '2023-11-14T22:13:20.250Z',
      time_coverage_end: '2023-11-14T22:13:21.001Z',
      date_created: '2023-11-14T22:13:21.001Z',
      history: 'calibrated in 2025\ndapberry/1 /roof.nc',
      geospatial_lat_min: ['double', 47.5],
    });
    expect(attributes).not.toHaveProperty('time_coverage_resolution');
  });
});

describe('a column', () => {
  it.each([
    ['Byte', 'short'],
    ['Int16', 'short'],
    ['UInt16', 'int'],
    ['Int32', 'int'],
    ['UInt32', 'double'],
  ] as const)(
    'of %s is of the type %s, in which all its numbers are positive or negative as they were',
    (type, ncType) => {
      const found = column(
        type,
        new Map([
          ['_FillValue', numbers(type, 5)],
          ['valid_range', numbers(type, 0, 9)],
        ]),
      );
      expect([found.type, found.attributes]).toEqual([
        ncType,
        expect.objectContaining({ _FillValue: [ncType, 5], valid_range: [ncType, 0, 9] }),
      ]);
    },
  );

  it('stays packed', () => {
    const found = column(
      'Int16',
      new Map<string, Attribute>([
        ['scale_factor', numbers('Float32', 0.5)],
        ['add_offset', numbers('Float32', 20)],
        ['missing_value', numbers('Int16', -1)],
        ['valid_range', numbers('Float32', -5, 45)],
        ['flag_masks', numbers('Byte', 1, 2)],
      ]),
    );
    expect([found.type, found.attributes]).toEqual([
      'short',
      {
        scale_factor: ['float', 0.5],
        add_offset: ['float', 20],
        missing_value: ['short', -1],
        valid_range: ['float', -5, 45],
        flag_masks: ['short', 1, 2],
        coordinates: 'time station',
      },
    ]);
  });

  it.each([
    ['Byte', 'false', Uint8Array.of(200, 1), 'short', 'ffc8ffff0001ffff', 255],
    ['UInt16', 'false', Uint16Array.of(65535, 1), 'short', 'ffffffff0001ffff', 65535],
    ['Int16', 'true', Int16Array.of(-1, 1), 'int', '0000ffff00000001', -1],
    ['Int32', 'true', Int32Array.of(-1, 1), 'double', '41efffffffe000003ff0000000000000', -1],
    ['UInt32', 'false', Uint32Array.of(4294967295, 1), 'int', 'ffffffff00000001', 4294967295],
  ] as const)(
    'of %s with _Unsigned = "%s" has the numbers that this means',
    (type, unsigned, values, ncType, hex, fill) => {
      const found = column(
        type,
        new Map([
          ['_Unsigned', text(unsigned)],
          ['_FillValue', numbers(type, fill)],
        ]),
      );
      expect(found.type).toBe(ncType);
      expect(found.attributes).not.toHaveProperty('_Unsigned');
      // Two columns, so that short numbers are filled up.
      const layout = { stride: ncType === 'double' ? 8 : 4, offsets: [0, 0] };
      const encode = recordEncoder([found.column, found.column], layout);
      expect(Buffer.from(encode({ length: 2, columns: [values, values] })).toString('hex')).toBe(hex);
    },
  );

  it('of text is refused', () => {
    const sequence: Sequence = {
      type: 'Sequence',
      name: 'sensor',
      fields: [{ type: 'String', name: 'remark' }],
    };
    expect(() => describeColumns('roof', sequence, new Map())).toThrow(
      'expected columns of numbers, found remark (String)',
    );
  });
});

describe('a name', () => {
  it.each([
    ['temperature', 'temperature'],
    ['a/b', 'a_b'],
    ['tab\there', 'tab_here'],
    ['blanks  ', 'blanks__'],
    ['+plus', '_+plus'],
    ['', '_'],
    ['9lives', '9lives'],
    ['e\u0301', '\u00e9'],
    ['温'.repeat(100), '温'.repeat(85)],
  ])('%j is written as %j', (wanted, given) => {
    expect(new NcNames().take(wanted)).toBe(given);
  });

  it('is given once', () => {
    const names = new NcNames();
    const long = 'x'.repeat(256);
    expect(['a/b', 'a_b', 'a_b', long, long].map(name => names.take(name))).toEqual([
      'a_b',
      'a_b_2',
      'a_b_3',
      long,
      `${'x'.repeat(254)}_2`,
    ]);
  });
});
