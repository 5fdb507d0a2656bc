// Reads lines from the terminal without showing them, and the first line of standard input that is no terminal.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/**
 * Asks on standard error, so that standard output holds only results, until `isEnough` holds of the answers or no question is left.
 * Undefined if the person gives up with Ctrl-C or Ctrl-D.
 */
export async function askHidden(
  questions: readonly string[],
  isEnough: (answers: readonly string[]) => boolean,
): Promise<readonly string[] | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // With `terminal`, the library takes the echo away and edits the line itself.
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  const answers: string[] = [];
  const ask = () => process.stderr.write(questions[answers.length] ?? '');
  const isAnswered = await new Promise<boolean>(resolve => {
    lines.on('line', line => {
      process.stderr.write('\n');
      if (answers.length < questions.length) answers.push(line);
      if (answers.length === questions.length || isEnough(answers)) resolve(true);
      else ask();
    });
    lines.once('SIGINT', () => resolve(false));
    lines.once('close', () => resolve(false));
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
