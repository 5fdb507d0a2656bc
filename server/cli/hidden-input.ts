// Reads lines from the terminal, without showing secrets, and the first line of standard input that is no terminal.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

export interface Question {
  readonly text: string;
  /** Whether the answer is shown while it is typed. */
  readonly isShown: boolean;
}

/**
 * Asks on standard error, so that standard output holds only results, until `isEnough` holds of the answers or no question is left.
 * Undefined if the person gives up with Ctrl-C or Ctrl-D, or the signal ends the wait.
 */
export async function askHidden(
  questions: readonly (string | Question)[],
  isEnough: (answers: readonly string[]) => boolean,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  const answers: string[] = [];
  const question = (): Question => {
    const asked = questions[answers.length] ?? '';
    return typeof asked === 'string' ? { text: asked, isShown: false } : asked;
  };
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      if (question().isShown) process.stderr.write(chunk);
      done();
    },
  });
  // With `terminal`, the library takes the echo away and edits the line itself.
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  const ask = () => {
    const { text, isShown } = question();
    lines.setPrompt(text);
    if (isShown) lines.prompt();
    else process.stderr.write(text);
  };
  const isAnswered = await new Promise<boolean>(resolve => {
    lines.on('line', line => {
      // The library ends a line that it shows.
      if (!question().isShown) process.stderr.write('\n');
      if (answers.length < questions.length) answers.push(line);
      if (answers.length === questions.length || isEnough(answers)) resolve(true);
      else ask();
    });
    lines.once('SIGINT', () => resolve(false));
    lines.once('close', () => resolve(false));
    signal?.addEventListener('abort', () => resolve(false), { once: true });
    ask();
  });
  lines.close();
  return isAnswered ? answers : undefined;
}

/** The first line of standard input; undefined if it is empty or has more bytes than `most`. */
export async function firstLine(most: number): Promise<string | undefined> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\n') || Buffer.byteLength(text) > most) break;
  }
  const [line = ''] = text.split(/\r?\n/);
  return line === '' || Buffer.byteLength(line) > most ? undefined : line;
}
