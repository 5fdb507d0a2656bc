import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { COMMAND, Site } from '../../drivers/command.ts';

const GOOD = 'datasets: { one: { interval: 1, sensors: [{ kind: tmp36-simulated }] } }\n';

let site: Site;
beforeEach(() => {
  site = new Site();
  site.write('config.yaml', GOOD);
  // An editor that makes a mistake when it is opened for the first time, and mends it the second time.
  site.write(
    'editor',
    `#!/bin/sh\nif grep -q intervall "$2"; then sed -i s/intervall:.1/interval:\\ 0.1/ "$2"; else sed -i s/interval/intervall/ "$2"; fi\n`,
  );
  chmodSync(site.path('editor'), 0o755);
});
afterEach(() => site.dispose());

it('opens the editor of the user on a terminal, asks, and says when the server has taken the file over', async () => {
  const address = await site.serve();
  const { port } = new URL(address);
  const command = `'${process.execPath}' '${COMMAND}' edit --config config.yaml`;
  // The file states the port at which the server is looked for.
  const env = { ...process.env, VISUAL: `${site.path('editor')} --wait`, EDITOR: 'false' };
  site.write('config.yaml', `server: { host: 127.0.0.1, port: ${port} }\n${GOOD}`);
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: site.folder, env });
  let out = '';
  child.stdout.on('data', data => {
    out += data;
  });
  const ended = once(child, 'close');
  const answers: [question: string, answer: string][] = [
    ['or type "save"', 'e'],
    ['s save, e edit', 's'],
  ];
  for (const [question, answer] of answers) {
    await expect.poll(() => out, { timeout: 20_000 }).toContain(question);
    child.stdin.write(`${answer}\n`);
  }
  expect(await ended).toEqual([0, null]);
  expect(out).toContain('did you mean "interval"?');
  expect(out).toContain('datasets that start again, and end their streams: one');
  expect(out).toContain(`the server on port ${port} has taken it over: it is live`);
  expect(readFileSync(site.path('config.yaml'), 'utf8')).toContain('interval: 0.1');
}, 60_000);

it('says what to do without a terminal', async () => {
  const { code, err } = await site.run(['edit', '--config', 'config.yaml']);
  expect(code).toBe(1);
  expect(err).toBe(
    'dapberry: expected a terminal, found none: write the file with another program, and check it with dapberry check\n',
  );
});
