import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isNumberType } from '../../../../dap/model/layout.ts';
import type { Attribute, AttributeTable, Batch, NumberColumn, Sequence } from '../../../../dap/protocol.ts';
import { describeColumns, describeFile } from '../../../../server/formats/netcdf/contents.ts';
import { encodeHead, recordLayout } from '../../../../server/formats/netcdf/header.ts';
import { recordEncoder } from '../../../../server/formats/netcdf/records.ts';
import { describeWith, tools } from '../../../tools.ts';
import { NetcdfReader, type ReadFile } from './netcdf-reader.ts';

const TYPES = {
  Byte: [Uint8Array, 'i2'],
  Int16: [Int16Array, 'i2'],
  UInt16: [Uint16Array, 'i4'],
  Int32: [Int32Array, 'i4'],
  UInt32: [Uint32Array, 'f8'],
  Float32: [Float32Array, 'f4'],
  Float64: [Float64Array, 'f8'],
} as const;
type TypeName = keyof typeof TYPES;

/** Text as attributes have it: of any script; a zero ends a text in C. */
const anyText = fc.string({ unit: 'grapheme', maxLength: 300 }).filter(text => !text.includes('\0'));
const anyName = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/),
  fc.constantFrom('a/b', '9lives', '+plus', 'Höhe', 'with blank ', 'tab\there', '温度', 'x'.repeat(400), '/'),
);
const anyAttribute: fc.Arbitrary<Attribute> = fc.oneof(
  anyText.map(text => ({ type: 'String', values: [text] }) as Attribute),
  fc
    .array(fc.double(), { minLength: 1, maxLength: 5 })
    .map(values => ({ type: 'Float64', values }) as Attribute),
  fc
    .array(fc.integer(), { minLength: 1, maxLength: 5 })
    .map(values => ({ type: 'Int32', values }) as Attribute),
);
const anyTable = fc
  .array(
    fc.tuple(
      anyName.filter(name => !name.startsWith('_Fill')),
      anyAttribute,
    ),
    { maxLength: 5 },
  )
  .map(entries => new Map(entries) as AttributeTable);

const anyColumn = (length: number) =>
  fc.constantFrom(...(Object.keys(TYPES) as TypeName[])).chain(type => {
    const [ArrayType] = TYPES[type];
    const number = type.startsWith('Float')
      ? fc.double().map(value => (type === 'Float32' ? Math.fround(value) : value))
      : fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 });
    const values = fc.oneof(
      fc.array(number, { minLength: length, maxLength: length }),
      fc.constant(Array<number>(length).fill(type.startsWith('Float') ? Number.NaN : 0)),
    );
    return fc.record({
      type: fc.constant(type),
      name: anyName,
      table: anyTable,
      values: values.map(numbers => ArrayType.from(numbers) as NumberColumn),
    });
  });

const anyRows = fc
  .record({ length: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2100 })), global: anyTable })
  .chain(({ length, global }) =>
    fc.record({
      length: fc.constant(length),
      global: fc.constant(global),
      columns: fc.uniqueArray(anyColumn(length), {
        minLength: 1,
        maxLength: 6,
        selector: ({ name }) => name,
      }),
      from: fc.integer({ min: 0, max: length }),
    }),
  );

describeWith(['netCDF4', 'scipy'], 'a file of any rows', () => {
  let reader: NetcdfReader;
  beforeAll(() => {
    reader = new NetcdfReader(tools.netCDF4!);
  });
  afterAll(() => reader.close());

  it.each(['netCDF4', 'scipy'] as const)(
    'is read by %s with the same names, attributes and numbers',
    async library => {
      await fc.assert(
        fc.asyncProperty(anyRows, async ({ length, columns, global, from }) => {
          const fields = columns.map(({ type, name }) => ({ type, name }));
          const sequence: Sequence = { type: 'Sequence', name: 'sensor', fields };
          const attributes: AttributeTable = new Map([
            ['NC_GLOBAL', global],
            ['sensor', new Map(columns.map(({ name, table }) => [name, table]))],
          ]);
          const described = describeColumns('roof', sequence, attributes);
          const file = describeFile(described, attributes, {
            origin: 'a test',
            hasIntervalOfDataset: true,
          });
          const batch: Batch = { length, columns: columns.map(({ values }) => values) };
          const layout = recordLayout(file.variables.map(({ type }) => type));
          const encode = recordEncoder(described.columns, layout);
          // Two batches, the second into memory that is given.
          const first = encode(batch, 0, from);
          const second = encode(batch, from, length, new Uint8Array((length - from) * layout.stride + 7));
          const { bytes, fileBytes } = encodeHead(file, length);
          const whole = Buffer.concat([bytes, first, second]);
          expect(whole.length).toBe(fileBytes);

          const read = await reader.read(whole, library);
          expect(read.format).toBe('NETCDF3_CLASSIC');
          expect(read.dimensions).toEqual({ time: -1, station_strlen: 4 });
          expect(Object.keys(read.variables)).toEqual([
            ...file.fixed.map(({ name }) => name),
            ...file.variables.map(({ name }) => name),
          ]);
          for (const [index, { type, values }] of columns.entries()) {
            const found = read.variables[file.variables[index]!.name]!;
            expect([found.type, found.dimensions]).toEqual([TYPES[type][1], ['time']]);
            expect(found.values).toEqual(Array.from(values));
          }
          sameAttributes(file.attributes, read.attributes);
          for (const variable of [...file.fixed, ...file.variables])
            sameAttributes(variable.attributes, read.variables[variable.name]!.attributes);
        }),
        { numRuns: 150 },
      );
    },
    120_000,
  );
});

function sameAttributes(
  written: readonly { readonly name: string; readonly type: string }[],
  read: ReadFile['attributes'],
): void {
  expect(Object.keys(read)).toEqual(written.map(({ name }) => name));
  for (const attribute of written) {
    const found = read[attribute.name]!;
    if ('text' in attribute) expect(found).toBe(attribute.text);
    else
      expect(found).toEqual(
        expect.objectContaining({ values: (attribute as never as { values: number[] }).values }),
      );
  }
}
void isNumberType;
