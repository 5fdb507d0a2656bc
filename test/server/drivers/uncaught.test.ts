import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { driverText, giving, PATIENCE, Site, TWO_DATASETS } from './command.ts';
import { Reader, sensors, server } from './requests.ts';

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.dispose());

describe('a driver that throws where nobody catches it', () => {
  it.each([
    ['a timer', 'setTimeout(() => { throw new Error("no wire"); }, 5);'],
    ['a rejection', 'Promise.reject(new Error("no wire"));'],
    ['a connection', 'net.connect(1, "127.0.0.1");'],
  ])('fails, by %s, and comes back; the server and the other sensors go on', async (_what, throwing) => {
    const open = `async () => {
      let reads = 0;
      const { wrong } = JSON.parse(await readFile(new URL('state.json', import.meta.url)));
      return {
        name: 'mine',
        channels: [{ name: 'depth', units: 'm', longName: 'Depth' }],
        read: async () => {
          if (wrong && ++reads === 3) { ${throwing} }
          return [reads];
        },
        close: async () => {},
      };
    }`;
    const imports = `import net from 'node:net';\nimport { readFile } from 'node:fs/promises';\n`;
    site.write('state.json', '{"wrong": true}');
    site.write('mine.js', imports + driverText({ open }));
    site.write('config.yaml', TWO_DATASETS);
    server.address = await site.serve();
    const error = async () => (await sensors())[0]?.lastError?.message;
    await expect
      .poll(error, PATIENCE)
      .toMatch(/^an error that the driver did not catch: (no wire|connect ECONNREFUSED)/);
    const other = new Reader('other.dods?time');
    await expect.poll(() => other.values.length, PATIENCE).toBeGreaterThan(5);
    expect(site.logged.join('\n')).toMatch(/an error that the driver \S+\/mine\.js did not catch/);
    site.write('state.json', '{"wrong": false}');
    await expect.poll(async () => (await sensors())[0]?.state, PATIENCE).toBe('ok');
    expect(site.isServing).toBe(true);
    site.signal('SIGTERM');
    await other.ended;
    expect(await site.ended()).toBe(0);
  });
});

describe('an error that nobody catches and that is no driver’s', () => {
  beforeEach(() => {
    const throwing = `setTimeout(() => { throw new Error('inside out'); });`;
    site.write('thrower.mjs', `process.on('SIGWINCH', () => { ${throwing} });\n`);
    site.write('at-once.mjs', `await null;\n${throwing}\n`);
    site.write('mine.js', giving(1));
    site.write('config.yaml', TWO_DATASETS);
  });
  const loadedFirst = (name: string) => {
    site.env = { NODE_OPTIONS: `--import=${pathToFileURL(site.path(name)).href}` };
  };

  it('ends the server, which ends its streams first and says why', async () => {
    loadedFirst('thrower.mjs');
    server.address = await site.serve();
    const reader = new Reader('mine.dods?depth');
    await expect.poll(() => reader.values.length, PATIENCE).toBeGreaterThan(0);
    site.signal('SIGWINCH');
    await reader.ended;
    expect(await site.ended()).toBe(1);
    const told = site.logged.find(line => line.includes('an error that nothing caught; ending'));
    expect(told).toContain('inside out');
  });

  it('ends other commands as it always does', async () => {
    loadedFirst('at-once.mjs');
    const { code, err } = await site.run(['check', '--config', 'config.yaml']);
    expect(code).toBe(1);
    expect(err).toMatch(/^Error: inside out\n {4}at /m);
  });
});
