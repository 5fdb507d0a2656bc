// Reads the DDS and the DAS of recorded responses of real servers without losing anything.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDas, printDas } from '../../../dap/model/das.ts';
import { parseDds, printDds } from '../../../dap/model/dds.ts';
import { parseError } from '../../../dap/model/error.ts';
import { corpusDir, corpusNames } from '../../corpus.ts';

function recorded(file: string): string {
  return readFileSync(resolve(corpusDir, 'testdata3', file), 'utf8');
}

/** The strings, words and marks of a text, with numbers in one spelling and the labels of Grids in one case. */
function tokens(text: string): string[] {
  const found = text.match(/"(?:[^"\\]|\\.)*"|[{}[\];,=]|[^\s{}[\];,="]+/gs) ?? [];
  return found.map(token => {
    if (token === 'ARRAY:') return 'Array:';
    if (token === 'MAPS:') return 'Maps:';
    return /^[-+]?\d/.test(token) && Number.isFinite(Number(token)) ? String(Number(token)) : token;
  });
}

describe('the recorded responses', () => {
  it('are 32, each with a DDS and a DAS, and no Error object among them', () => {
    expect(corpusNames()).toHaveLength(32);
    for (const name of corpusNames()) {
      expect(parseError(recorded(`${name}.dds`)), name).toBeUndefined();
      expect(parseError(recorded(`${name}.das`)), name).toBeUndefined();
    }
  });

  it.each(corpusNames())('%s.dds is read whole, and printing gives the same model', name => {
    const text = recorded(`${name}.dds`);
    const model = parseDds(text);
    expect(parseDds(printDds(model))).toStrictEqual(model);
    expect(tokens(printDds(model))).toEqual(tokens(text));
  });

  it.each(corpusNames())('%s.das is read whole, and printing gives the same model', name => {
    const text = recorded(`${name}.das`);
    const model = parseDas(text);
    expect(parseDas(printDas(model))).toStrictEqual(model);
    expect(tokens(printDas(model))).toEqual(tokens(text));
  });

  it('keep the layout of libdap to the letter where they have it', () => {
    for (const name of ['123.nc', 'NestedSeq', 'test.23', 'test.vs1', 'test.gr1', 'in_2.nc']) {
      const text = recorded(`${name}.dds`).replaceAll(' ARRAY:', '  Array:').replaceAll(' MAPS:', '  Maps:');
      expect(printDds(parseDds(text)), name).toBe(text);
    }
    for (const name of ['SimpleDrdsExample', 'nestedDAS', 'b31']) {
      expect(printDas(parseDas(recorded(`${name}.das`))), name).toBe(recorded(`${name}.das`));
    }
  });
});
