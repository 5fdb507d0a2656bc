import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hasProcess } from '../../../../server/machine/lock-owner.ts';
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

it.each(['SIGHUP', 'SIGINT', 'SIGTERM'] as const)(
  'keeps the text where %s ends it, and says so the next time',
  async signal => {
    site.write('mine', `#!/bin/sh\necho '# mine' >> "$1"\n`);
    site.write('nothing', '#!/bin/sh\n');
    for (const editor of ['mine', 'nothing']) chmodSync(site.path(editor), 0o755);
    const open = (editor: string) => {
      const command = `echo "process $$"; exec '${process.execPath}' '${COMMAND}' edit --config config.yaml`;
      const env = { ...process.env, VISUAL: site.path(editor), TMPDIR: site.folder };
      const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: site.folder, env });
      const opened = { child, out: '', ended: once(child, 'close') };
      child.stdout.on('data', data => {
        opened.out += data;
      });
      return opened;
    };
    const cut = open('mine');
    await expect.poll(() => cut.out, { timeout: 20_000 }).toContain('s save, e edit');
    const [, editing] = /process (\d+)/.exec(cut.out)!;
    // The kernel tells a process by a signal that its terminal is gone.
    if (signal === 'SIGHUP') cut.child.kill('SIGKILL');
    else process.kill(Number(editing), signal);
    const texts = () =>
      readdirSync(site.folder, { recursive: true, encoding: 'utf8' }).filter(name =>
        /^dapberry-edit-.*config\.yaml$/.test(name),
      );
    await expect.poll(texts).toHaveLength(1);
    await cut.ended;
    await expect.poll(() => hasProcess(Number(editing))).toBe(false);
    await expect.poll(() => existsSync(site.path('.config.yaml.edit'))).toBe(false);
    const [kept] = texts();
    expect(readFileSync(site.path(kept!), 'utf8')).toBe(`${GOOD}# mine\n`);
    expect(readFileSync(site.path('config.yaml'), 'utf8')).toBe(GOOD);
    const next = open('nothing');
    expect(await next.ended).toEqual([0, null]);
    expect(next.out).toContain(`an edit that was cut off has left its text in ${site.path(kept!)}`);
  },
);

it('says what to do without a terminal', async () => {
  const { code, err } = await site.run(['edit', '--config', 'config.yaml']);
  expect(code).toBe(1);
  expect(err).toBe(
    'dapberry: expected a terminal, found none: write the file with another program, and check it with dapberry check\n',
  );
});
