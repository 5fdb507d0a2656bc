// Reads the Error objects of real servers, and prints our own.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DapError, parseError, printError } from '../../../dap/model/error.ts';
import { DapSyntaxError } from '../../../dap/model/text-scanner.ts';

describe('printError', () => {
  it('writes the object as clients expect it', () => {
    expect(printError(400, 'no such variable')).toBe(
      'Error {\n    code = 400;\n    message = "no such variable";\n};\n',
    );
  });

  it('escapes quotes and backslashes, and leaves one line of the message', () => {
    expect(printError(400, 'say "a\\b"\r\n};\n\tthen\0')).toBe(
      'Error {\n    code = 400;\n    message = "say \\"a\\\\b\\" }; then ";\n};\n',
    );
  });
});

describe('parseError', () => {
  it('gives an Error that holds the code and the message', () => {
    const error = parseError('Error {\n    code = 404;\n    message = "no dataset \\"x\\"";\n};\n');
    expect(error).toBeInstanceOf(DapError);
    expect(error).toBeInstanceOf(Error);
    expect(error?.name).toBe('DapError');
    expect(error?.code).toBe(404);
    expect(error?.message).toBe('no dataset "x"');
  });

  it.each([
    '',
    'Dataset {\n} Error;\n',
    'Attributes { Error { } }',
    'Errors { code = 1; };',
    'Error: it failed',
    '<html>Error {</html>',
  ])('gives undefined for %j, which does not begin with an Error object', text => {
    expect(parseError(text)).toBeUndefined();
  });

  it.each([
    ['CRLF', 'Error {\r\n  code = 1005;\r\n  message = "m";\r\n};\r\n', 1005, 'm'],
    ['no blanks and no last semicolon', 'Error{code=404;message="m"}', 404, 'm'],
    ['other cases and blank lines before', '\n\nERROR { CODE = 2; Message = "m"; };', 2, 'm'],
    ['a negative code', 'Error { code = -1; message = "m"; };', -1, 'm'],
    ['no code', 'Error { message = "m"; };', -1, 'm'],
    ['a code that is no number', 'Error { code = NotFound; message = "m"; };', -1, 'm'],
    ['a code in quotes', 'Error { code = "404"; message = "m"; };', 404, 'm'],
    ['no message', 'Error { code = 3; };', 3, ''],
    ['more fields', 'Error { code = 3; message = "m"; program_type = 0; program = "x"; };', 3, 'm'],
    ['several lines of message', 'Error { code = 3; message = "a\nb"; };', 3, 'a\nb'],
    ['quotes that are not escaped', 'Error { code = 3; message = "no "x" in "y""; };', 3, 'no "x" in "y"'],
    ['a message without quotes', 'Error { code = 3; message = no such thing; };', 3, 'no such thing'],
    ['something after it', 'Error { code = 3; message = "m"; };\nDataset {', 3, 'm'],
  ])('reads one with %s', (_, text, code, message) => {
    expect(parseError(text)).toMatchObject({ code, message });
  });

  it('says where a broken one ends', () => {
    expect(() => parseError('Error {\n    code = 500;\n    message = "cut sho')).toThrow(
      'Error object, line 3, column 15: expected a string with its closing quote, found "\\"cut"',
    );
    expect(() => parseError('Error { code 500; };')).toThrow(
      'Error object, line 1, column 14: expected "=", found "500"',
    );
    expect(() => parseError('Error { code = 500; ')).toThrow(DapSyntaxError);
  });
});

describe('parseError and printError together', () => {
  it('give back any code and message, line ends aside', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.string({ unit: 'binary' }), (code, message) => {
        const error = parseError(printError(code, message));
        expect(error?.code).toBe(code === 0 ? 0 : code);
        expect(error?.message).toBe(message.replace(/[\p{Control}\p{Zl}\p{Zp}]+/gu, ' '));
      }),
    );
  });

  it('read any text, pass it by or throw a syntax error', () => {
    const pieces = fc.constantFrom(
      'code',
      'message',
      ' = ',
      '=',
      '"',
      '\\',
      ';',
      '{',
      '}',
      '1',
      'x',
      '#',
      '\n',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map(parts => `Error {${parts.join('')}};`),
    );
    fc.assert(
      fc.property(text, object => {
        try {
          const error = parseError(object);
          if (error !== undefined) expect(Number.isSafeInteger(error.code)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DapSyntaxError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
