import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Decoder, decodeAll } from '../../../dap/decode/index.ts';
import { encodeHeader, encodeValue } from '../../../dap/encode/index.ts';
import type { Batch, Value } from '../../../dap/model/value.ts';
import type { Variable } from '../../../dap/model/variable.ts';
import { corpusDir, corpusNames } from '../../corpus.ts';
import { type Cdl, readCdl } from './cdl.ts';
import { inPieces } from './pieces.ts';

/** Recordings that have no expected values: nobody ran ncdump on them. */
const WITHOUT_EXPECTED = ['test.06'];

/** Recordings with bytes that mean the same as those of the encoder and are not the same. Each was looked at. */
const OTHER_BYTES: Readonly<Record<string, string>> = {
  Drifters: 'strings are padded with 03, not with zeros',
  EOSDB: 'strings are padded with 03, not with zeros',
  'in_2.nc': 'a Byte is sign-extended (FF FF FF 81) and a line feed follows the data',
  ingrid: 'a line feed follows the data',
  'test.07': 'UInt16 is sign-extended (FF FF FF F0 is 65520)',
  'test.50': 'UInt16 is sign-extended (FF FF FF F0 is 65520)',
};

/** The variables that ncdump leaves out or changes: the bytes count. Each was examined by hand. */
const DIFFERENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  synth8: {
    'Q1.Q2.v4': 'netCDF cannot hold rows in rows: ncdump declares the variable and prints no value of it',
  },
  NestedSeq: { 'person1.stuff.foo': 'netCDF cannot hold rows in rows: ncdump leaves the variable out' },
};

/** Variables that carry a format of their own, `C_format`, which ncdump obeys. */
const FORMATS: Readonly<Record<string, Readonly<Record<string, (value: number) => number>>>> = {
  'saco1.nc': { time: value => Number(value.toFixed(6)) },
};

describe('the recorded responses', () => {
  it('are 32, of which ncdump has described all but one', () => {
    expect(corpusNames()).toHaveLength(32);
    expect(corpusNames().filter(name => !existsSync(expectedPath(name)))).toEqual(WITHOUT_EXPECTED);
  });

  it.each(corpusNames())('%s decodes to its last byte', name => {
    const bytes = recorded(name);
    const decoder = new Decoder();
    const parts = [...decoder.push(bytes), ...decoder.finish()];
    const { variables } = decodeAll(bytes).dataset;
    expect(parts.filter(({ kind }) => kind === 'end' || kind === 'value')).toHaveLength(variables.length);
  });

  it.each(corpusNames())('%s decodes the same one byte at a time', name => {
    const bytes = recorded(name);
    expect(inPieces(bytes, () => 1)).toEqual(decodeAll(bytes));
  });

  it.each(corpusNames())('%s encodes to the bytes that were recorded', name => {
    const bytes = recorded(name);
    const { dataset, values } = decodeAll(bytes);
    const encoded = Buffer.concat(dataset.variables.map((variable, i) => encodeValue(variable, values[i]!)));
    const start = /^Data:\r?\n/m.exec(Buffer.from(bytes).toString('latin1'))!;
    const data = Buffer.from(bytes.subarray(start.index + start[0].length));
    if (name in OTHER_BYTES) {
      expect(encoded.equals(data), OTHER_BYTES[name]).toBe(false);
      expect(decodeAll(Buffer.concat([encodeHeader(dataset), encoded])).values).toEqual(values);
    } else {
      expect(encoded.equals(data)).toBe(true);
    }
  });

  const expected = corpusNames().filter(name => !WITHOUT_EXPECTED.includes(name));
  it.each(expected)('%s holds the values that ncdump prints', name => {
    const { dataset, values } = decodeAll(recorded(name));
    const found = new Map<string, (number | string)[]>();
    dataset.variables.forEach((variable, i) => {
      flatten(variable, values[i]!, variable.name, found);
    });
    const cdl = readCdl(readFileSync(expectedPath(name), 'latin1'));
    const different = DIFFERENT[name] ?? {};
    for (const [path, decoded] of found) {
      if (path in different) continue;
      const [, map] = path.split(' of ');
      const want = cdl.data.get(map ?? path);
      // ncdump prints the maps of Grids as variables of their own where the dataset has them, else not at all.
      if (map !== undefined && want === undefined) continue;
      const format = FORMATS[name]?.[path] ?? (value => value);
      const got = decoded.map(value => (typeof value === 'number' ? format(value) : value));
      expect(asPrinted(got, cdl, map ?? path), path).toEqual(asPrinted(want ?? [], cdl, map ?? path));
    }
    const missing = [...cdl.data.keys()].filter(path => !found.has(path));
    expect(missing).toEqual([]);
    for (const path of Object.keys(different)) {
      expect(found.get(path)!.length, path).toBeGreaterThan(0);
      expect(cdl.data.get(path) ?? [], path).toEqual([]);
    }
  });
});

function recorded(name: string): Uint8Array {
  return new Uint8Array(readFileSync(resolve(corpusDir, 'testdata3', `${name}.dods`)));
}

function expectedPath(name: string): string {
  return resolve(corpusDir, 'expected3', `${name}.dmp`);
}

/** The values under the names that netCDF gives them: all rows and elements one after the other, `grid of map` for maps. */
function flatten(
  variable: Variable,
  value: Value,
  path: string,
  into: Map<string, (number | string)[]>,
): void {
  const add = (values: Iterable<number | string>) => into.set(path, [...(into.get(path) ?? []), ...values]);
  switch (variable.type) {
    case 'Structure':
      variable.fields.forEach((field, i) => {
        flatten(field, (value as Value[])[i]!, `${path}.${field.name}`, into);
      });
      break;
    case 'Grid': {
      const [array, ...maps] = value as Value[];
      flatten(variable.array, array!, path, into);
      variable.maps.forEach((map, i) => {
        flatten(map, maps[i]!, `${path} of ${map.name}`, into);
      });
      break;
    }
    case 'Sequence': {
      const batch = value as Batch;
      for (let row = 0; row < batch.length; row++) {
        variable.fields.forEach((field, i) => {
          flatten(field, batch.columns[i]![row]!, `${path}.${field.name}`, into);
        });
      }
      break;
    }
    case 'Array':
      if ('fields' in variable.element) {
        for (const element of value as Value[]) flatten(variable.element, element, path, into);
      } else {
        add(value as Iterable<number | string>);
      }
      break;
    default:
      add([value as number | string]);
  }
}

/** Numbers with the digits that ncdump gives and the sign that netCDF's types, which know no unsigned ones, give them. */
function asPrinted(
  values: readonly (number | string)[],
  { types }: Cdl,
  path: string,
): readonly (number | string)[] {
  const type = types.get(path);
  return values.map(value => {
    if (typeof value === 'string') return value;
    switch (type) {
      case 'float':
        return Math.fround(Number(value.toPrecision(7)));
      case 'double':
        return Number(value.toPrecision(15));
      case 'byte':
        return (value << 24) >> 24;
      case 'short':
        return (value << 16) >> 16;
      default:
        return value | 0;
    }
  });
}
