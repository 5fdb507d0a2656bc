import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { COMMAND, Site } from '../../drivers/command.ts';

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.dispose());

/** Runs `dapberry setup` on a pseudo-terminal; `reply` gives what the person types at each question. */
async function onTerminal(reply: (question: string) => string): Promise<{ code: unknown; out: string }> {
  const command = `'${process.execPath}' '${COMMAND}' setup --output garden.yaml`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: site.folder });
  const ended = once(child, 'close');
  let out = '';
  let answered = 0;
  child.stdout.on('data', data => {
    out += data;
    const plain = stripVTControlCharacters(out);
    const question = /(?:\]|without saving): ?$/.test(plain) && plain.slice(answered);
    if (question === false || question.trim() === '') return;
    answered = plain.length;
    child.stdin.write(reply(question));
  });
  const [code] = await ended;
  return { code, out };
}

it('asks on a terminal, and writes a configuration that the server takes', { timeout: 60_000 }, async () => {
  const { code, out } = await onTerminal(question =>
    question.includes('s save, e edit') ? 's\r' : question.includes('How long') ? 'no\r' : '\r',
  );
  expect(out).toContain('A few questions');
  expect(out).toContain('no server answers on port 8080: start it');
  expect(out).toMatch(/the page: http:\/\/\S+:8080\//);
  expect(code).toBe(0);
  expect(readFileSync(site.path('garden.yaml'), 'utf8')).toContain('history: off\n');
  const check = await site.run(['check', '--config', 'garden.yaml']);
  expect([check.code, check.err]).toEqual([0, '']);
});

it('leaves everything as it was after a Ctrl-C', { timeout: 60_000 }, async () => {
  const { code, out } = await onTerminal(question => (question.includes('Time between') ? '\u0003' : '\r'));
  expect(out).toContain('nothing was changed');
  expect([code, readdirSync(site.folder)]).toEqual([1, []]);
});

it('is refused without a terminal, with what to do instead', { timeout: 60_000 }, async () => {
  const { code, err } = await site.run(['setup', '--output', 'garden.yaml']);
  expect(code).toBe(1);
  expect(err).toContain('run it in a terminal (ssh -t), or write the lines that dapberry list prints');
  expect(readdirSync(site.folder)).toEqual([]);
});
