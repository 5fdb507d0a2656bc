// Reads and writes the Error object, with which a DAP2 server reports an error (DAP2 draft, the Error response).

import { quote, TextScanner } from './text-scanner.ts';

/** The code of an Error object that gives none. */
const UNDEFINED_ERROR = -1;

/** The error that a DAP2 server sent instead of data. `code` is the server's own, often an HTTP status. */
export class DapError extends Error {
  override readonly name = 'DapError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads the Error object at the beginning of `text`, and ignores the text after it; undefined without an Error object. Accepts three
 * errors of real servers: a missing code (it becomes -1), unknown fields, and unescaped quotes in the message.
 * @throws {DapSyntaxError} for a text that begins as an Error object and does not continue as one
 */
export function parseError(text: string): DapError | undefined {
  const scanner = new TextScanner('Error object', text);
  if (!scanner.acceptKeyword('Error') || !scanner.isAt('{')) return undefined;
  scanner.open();
  const fields = new Map<string, string>();
  while (!scanner.close()) {
    const field = scanner.word('a field or "}"').toLowerCase();
    scanner.expect('=');
    fields.set(field, scanner.isAt('"') ? scanner.string({ quotesInside: true }) : scanner.bareValue());
    if (!scanner.accept(';') && !scanner.isAt('}')) throw scanner.error('";"');
  }
  const written = fields.get('code') ?? '';
  const code = /^[+-]?\d+$/.test(written) ? Number(written) : UNDEFINED_ERROR;
  return new DapError(Number.isSafeInteger(code) ? code : UNDEFINED_ERROR, fields.get('message') ?? '');
}

/**
 * Writes an Error object. Quotes and backslashes of `message` are escaped; line ends and other control characters become blanks, so
 * that a message is one line in a log and cannot end the object.
 */
export function printError(code: number, message: string): string {
  const line = message.replace(/[\p{Control}\p{Zl}\p{Zp}]+/gu, ' ');
  return `Error {\n    code = ${code};\n    message = ${quote(line)};\n};\n`;
}
