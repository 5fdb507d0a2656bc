import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseError } from '../../dap/index.ts';
import { createLogger } from '../../server/run/logging/logger.ts';
import { visibleLine, visibleText } from '../../server/text/visible-text.ts';
import { serving } from '../serving.ts';
import { ROOT } from '../sources.ts';
import { driverText, PATIENCE, Site } from './drivers/command.ts';

/** Clears a screen, sets a title, turns text round and begins lines, each as some terminal understands it. */
const HOSTILE =
  'a\u001b[2Jb\u001b]0;x\u0007c\u009b31md\u202ee\u2066f\u2028g\u0008h\u007fi\rj\u0000k\u200fl\u061cm';
const SHOWN =
  'a\\u001b[2Jb\\u001b]0;x\\u0007c\\u009b31md\\u202ee\\u2066f\\u2028g\\u0008h\\u007fi\\u000dj\\u0000k\\u200fl\\u061cm';

/** All that a terminal or a viewer of logs obeys, but for ends of lines and tabs. */
const OBEYED = /\r(?!\n)|[^\P{Cc}\r\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.dispose());

describe('text of other origin', () => {
  it('is shown with escapes in place of what is obeyed, and left alone otherwise', () => {
    expect(visibleText(HOSTILE)).toBe(SHOWN);
    const harmless = 'Wärme, 25 °C\t🌡 日本 עברית\r\nno mistake\n';
    expect(visibleText(harmless)).toBe(harmless);
    expect(visibleLine('one\ntwo\r\n')).toBe('one\\ntwo\\r\\n');
    for (let code = 0; code < 0x3000; code += 1) {
      const shown = visibleText(String.fromCharCode(code));
      expect(shown === '\r' ? '' : shown, code.toString(16)).not.toMatch(OBEYED);
    }
  });

  it.each(['json', 'journal', 'terminal'] as const)('reaches no log: %s', style => {
    const lines: string[] = [];
    const logger = createLogger(style, { write: line => void lines.push(line) });
    logger.warn({ error: HOSTILE, sensor: HOSTILE }, `sensor fails: ${HOSTILE}\nforged: all is well`);
    logger.error({ err: new Error(HOSTILE) }, HOSTILE);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toMatch(OBEYED);
      if (style === 'json') expect((JSON.parse(line) as { msg: string }).msg).toContain(HOSTILE);
      else expect(line).toContain(SHOWN);
    }
    expect(lines[0]).not.toMatch(/^\s*forged/m);
  });
});

describe('a hostile server', { timeout: 60_000 }, () => {
  let server: Server;
  afterEach(() => server.close());

  async function answering(status: number, body: string, type = 'text/plain'): Promise<string> {
    server = createServer((_request, response) => {
      response.writeHead(status, { 'Content-Type': type, 'Content-Description': 'dods_error' });
      response.end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  }

  it.each([
    [404, `Error {\n    code = 404;\n    message = "${HOSTILE}";\n};\n`],
    [400, `${HOSTILE}\nforged`],
    [200, `Dataset {\n Sequence {\n Float64 ${HOSTILE};\n } s;\n} x;\nData:\n`],
  ])('says nothing to the terminal of pull that it obeys: status %d', async (status, body) => {
    const url = await answering(status, body);
    const { out, err } = await site.run(['pull', url, '--rows', '1']);
    expect(out).not.toMatch(OBEYED);
    expect(err).not.toMatch(OBEYED);
    expect(err).not.toMatch(/^forged/m);
  });
});

describe('the commands', { timeout: 60_000 }, () => {
  // As JavaScript and YAML write it.
  const code = `"${SHOWN}"`;

  it('show what a driver throws', async () => {
    site.write('mine.mjs', driverText({ read: `async () => { throw new Error(${code}); }` }));
    site.write('config.yaml', 'datasets: { one: { sensors: [{ driver: mine.mjs }] } }\n');
    for (const format of ['table', 'json', 'csv']) {
      const { out, err } = await site.run(['read', '--config', 'config.yaml', '--format', format]);
      expect(`${out}${err}`).not.toMatch(OBEYED);
      expect(out).toContain('a\\u001b[2Jb');
    }
  });

  it('show what a driver throws when it is loaded', async () => {
    site.write('mine.mjs', `throw new Error(${code});\n`);
    site.write('config.yaml', 'datasets: { one: { sensors: [{ driver: mine.mjs }] } }\n');
    for (const command of ['check', 'doctor']) {
      const { out, err } = await site.run([command, '--config', 'config.yaml']);
      expect(`${out}${err}`).not.toMatch(OBEYED);
      expect(`${out}${err}`).toContain('\\u001b[2Jb');
    }
    const logged = await site.serveUntil('the configuration is wrong');
    expect(logged).not.toMatch(OBEYED);
    expect(logged).toContain('u001b[2Jb');
  });

  it('show what a configuration says, and what was typed', async () => {
    site.write('config.yaml', `datasets: { one: { title: ${code}, sensors: [{ kind: ${code} }] } }\n`);
    const check = await site.run(['check', '--config', 'config.yaml']);
    expect(check.err).toContain('\\u001b[2Jb');
    expect(check.err).not.toMatch(OBEYED);
    site.write('config.yaml', `datasets: { one: { title: ${code}, sensors: [{ kind: host-load }] } }\n`);
    const right = await site.run(['check', '--config', 'config.yaml']);
    expect(`${right.out}${right.err}`).not.toMatch(OBEYED);
    for (const args of [[HOSTILE.replaceAll('\0', '')], ['serve', `--${HOSTILE.replaceAll('\0', '')}`]]) {
      const { err } = await site.run(args);
      expect(err).toContain('\\u001b[2Jb');
      expect(err).not.toMatch(OBEYED);
    }
  });

  it('mark words in bold for a terminal all the same, and nothing that says it is one', async () => {
    site.write(
      'config.yaml',
      'datasets: { one: { title: "\\u001b[31mred\\u001b[39m", sensors: [{ kind: host-load }] } }\n',
    );
    const command = `${process.execPath} ${join(ROOT, 'dist/server/main.js')} check --config ${site.path('config.yaml')}`;
    const env = { ...process.env, TERM: 'xterm', FORCE_COLOR: '1' };
    const out = execFileSync('script', ['-qec', command, '/dev/null'], { env, encoding: 'utf8' });
    expect(out).toContain('\u001b[1mdataset one\u001b[22m');
    expect(out).toContain('\\u001b[31mred');
    expect(out).not.toContain('\u001b[31m');
  });
});

describe('a hostile client', () => {
  it('gets back what it asked for as text that no terminal obeys', async () => {
    const server = await serving();
    for (const path of [
      `roberrypi.asc?${encodeURIComponent(HOSTILE)}`,
      `roberrypi.${encodeURIComponent(HOSTILE)}`,
      `${encodeURIComponent(HOSTILE)}.dods`,
      `a/b/${encodeURIComponent(HOSTILE)}`,
    ]) {
      const text = await (await fetch(`${server.url}/${path}`)).text();
      expect(text).not.toMatch(OBEYED);
      expect(parseError(text)?.message).toBeTruthy();
    }
    await server.close();
  });

  it('reaches no log of a server', async () => {
    site.write(
      'mine.mjs',
      driverText({ read: `async () => { throw new Error(${JSON.stringify(HOSTILE)}); }` }),
    );
    site.write('config.yaml', 'datasets: { one: { interval: 0.1, sensors: [{ driver: mine.mjs }] } }\n');
    const address = await site.serve();
    await expect.poll(() => site.logged.join('\n'), PATIENCE).toContain('a\\u001b[2Jb');
    await new Promise(done =>
      execFile('curl', ['-s', '-A', HOSTILE.replaceAll('\0', ''), `${address}x%1b.dods`], done),
    );
    expect(site.logged.join('\n')).not.toMatch(OBEYED);
  });
});
