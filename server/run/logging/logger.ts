// Writes log lines to standard error: readable on a terminal, with priorities in the journal, as JSON otherwise.

import { fstatSync } from 'node:fs';
import pino, { type DestinationStream, type Logger } from 'pino';
import { isColorSupported, prettyFactory } from 'pino-pretty';
import { visibleLine, visibleText } from '../../text/visible-text.ts';

export type { Logger };

/** The form of log lines: for a person at a terminal, for systemd's journal, or for a program. */
export type LogStyle = 'terminal' | 'journal' | 'json';

const STANDARD_ERROR = 2;

/**
 * Standard error is the journal if its device and inode are those in `$JOURNAL_STREAM` (systemd.exec(5)): a program whose output
 * a service redirects inherits the variable too.
 */
export function logStyle(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  isTerminal = process.stderr.isTTY === true,
): LogStyle {
  if (isTerminal) return 'terminal';
  const { JOURNAL_STREAM: journal } = environment;
  if (journal === undefined) return 'json';
  const { dev, ino } = fstatSync(STANDARD_ERROR);
  return journal === `${dev}:${ino}` ? 'journal' : 'json';
}

/** Bytes of lines that are kept while standard error accepts none. */
const MOST_KEPT = 1024 ** 2;

/** Ignores errors: rows are more important than the log, which continues as soon as it can. */
function standardError(): DestinationStream {
  const stream = pino.destination({ dest: STANDARD_ERROR, sync: true, maxLength: MOST_KEPT });
  stream.on('error', () => undefined);
  return stream;
}

/** Writes each line to `destination` at once. */
export function createLogger(style = logStyle(), destination = standardError()): Logger {
  switch (style) {
    case 'terminal':
      return pino({ base: null }, readable(forPerson(destination)));
    case 'journal':
      return pino({ base: null, timestamp: false }, withPriority(destination));
    case 'json':
      // An escape in JSON stands for the same character.
      return pino({ base: null }, { write: line => destination.write(visibleText(line)) });
  }
}

/** Escapes what a terminal would obey in every text of a line, before the line is formatted. */
function readable(destination: DestinationStream): DestinationStream {
  return {
    write: line => destination.write(JSON.stringify(JSON.parse(line), (key, value) => shown(key, value))),
  };
}

/** Keeps line ends in a stack only. */
function shown(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return key === 'stack' ? visibleText(value) : visibleLine(value);
}

/** The field `error` is for programs; a person reads it in the message. */
const READABLE = { singleLine: true, errorLikeObjectKeys: ['err'], ignore: 'error' };

/** Such as `[14:03:05] WARN: what happened {"its":"fields"}`, in colour if the terminal supports it. */
function forPerson(destination: DestinationStream): DestinationStream {
  const format = prettyFactory({
    ...READABLE,
    colorize: isColorSupported,
    translateTime: 'SYS:HH:MM:ss',
  });
  return { write: line => destination.write(format(line)) };
}

/** Priorities of syslog(3), which the journal reads from the beginning of a line (sd-daemon(3)). */
const PRIORITIES: readonly (readonly [least: number, priority: number])[] = [
  [60, 2],
  [50, 3],
  [40, 4],
  [30, 6],
];
const DEBUG = 7;

interface Line {
  readonly level: number;
  readonly time?: number;
  readonly msg?: string;
  /** For programs; a person reads it in the message. */
  readonly error?: unknown;
  readonly err?: { readonly message?: string; readonly stack?: string };
}

/** One line per event, such as `<4>what happened {"its":"fields"}`; the journal adds the time. */
function withPriority(destination: DestinationStream): DestinationStream {
  return {
    write(line: string): void {
      const { level, time: _time, msg = '', error: _error, err, ...fields } = JSON.parse(line) as Line;
      const [, priority] = PRIORITIES.find(([least]) => level >= least) ?? [0, DEBUG];
      const parts = [
        msg,
        ...(err === undefined ? [] : [traceOf(err, msg)]),
        ...(Object.keys(fields).length === 0 ? [] : [JSON.stringify(fields)]),
      ];
      // The journal makes an entry of each line.
      const text = parts
        .join(' ')
        .trim()
        .replaceAll(/\s*\n\s*/g, ' | ');
      destination.write(`<${priority}>${visibleText(text)}\n`);
    },
  };
}

/** Such as `(no wire | at read (file.js:1:2))`, without the error's message if the text before has it. */
function traceOf({ message = '', stack = message }: NonNullable<Line['err']>, textBefore: string): string {
  const start = stack.indexOf(message);
  const frames = start < 0 ? stack : stack.slice(start + message.length);
  return `(${(message !== '' && textBefore.includes(message) ? frames : stack).trim()})`;
}
