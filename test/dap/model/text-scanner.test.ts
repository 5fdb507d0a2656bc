// Encodes and decodes names, and checks the positions of syntax errors.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeName, encodeName } from '../../../dap/model/names.ts';
import { DapSyntaxError, TextScanner } from '../../../dap/model/text-scanner.ts';

describe('a name', () => {
  it('stays as it is where every client can read it', () => {
    expect(encodeName('EOSDB.DBO')).toBe('EOSDB.DBO');
    expect(encodeName('123_a-b+c/d*')).toBe('123_a-b+c/d*');
  });

  it('has everything else percent-escaped as UTF-8', () => {
    expect(encodeName('a b')).toBe('a%20b');
    expect(encodeName('50%')).toBe('50%25');
    expect(encodeName('#1:"x";{}[]=,')).toBe('%231%3A%22x%22%3B%7B%7D%5B%5D%3D%2C');
    expect(encodeName('é')).toBe('%C3%A9');
    expect(encodeName('\0\n')).toBe('%00%0A');
  });

  it('keeps escapes that mean nothing', () => {
    expect(decodeName('100%')).toBe('100%');
    expect(decodeName('%zz')).toBe('%zz');
    expect(decodeName('%e9')).toBe('%e9');
    expect(decodeName('%41%c3%a9')).toBe('Aé');
  });

  it('comes back from its escaped form, with any characters', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('%', '%4', '%41', '%25', '\ud800', '\udc00'),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), pieces => {
        const name = pieces.join('');
        fc.pre(name !== '');
        expect(decodeName(encodeName(name))).toBe(name);
      }),
    );
  });

  it('cannot be empty', () => {
    expect(() => encodeName('')).toThrow(RangeError);
  });
});

describe('a syntax error', () => {
  function errorAfter(text: string, words: number): DapSyntaxError {
    const scanner = new TextScanner('DDS', text);
    for (let word = 0; word < words; word += 1) scanner.word('a word');
    return scanner.error('";"');
  }

  it('gives the expected and the found text, and the position', () => {
    const error = errorAfter('one\n\n   two  }', 2);
    expect(error).toBeInstanceOf(DapSyntaxError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ line: 3, column: 9, expected: '";"', found: '"}"' });
    expect(error.message).toBe('DDS, line 3, column 9: expected ";", found "}"');
  });

  it('counts LF, CRLF and CR as one line end each', () => {
    expect(errorAfter('a\nb\r\nc\rd }', 4)).toMatchObject({ line: 4, column: 3 });
  });

  it('says when the text just ends', () => {
    expect(errorAfter('one\n', 1).message).toBe(
      'DDS, line 2, column 1: expected ";", found the end of the text',
    );
  });

  it('quotes a long token only in part', () => {
    const { found } = errorAfter('x'.repeat(1_000_000), 0);
    expect(found).toMatch(/^"x+\.\.\."$/);
    expect(found.length).toBeLessThan(60);
  });
});
