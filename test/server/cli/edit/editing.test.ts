import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { editConfig } from '../../../../server/cli/edit/editing.ts';
import { liveText } from '../../../../server/cli/edit/live-text.ts';
import type { AnsweringServer } from '../../../../server/machine/answering-server.ts';
import { type Machine, thisMachine } from '../../../../server/machine/machine.ts';
import { ProcessLock } from '../../../../server/machine/process-lock.ts';

const dataset = (name: string, interval: number, title = 'A') =>
  `  ${name}: { title: ${title}, interval: ${interval}, sensors: [{ kind: tmp36-simulated }] }\n`;
const GOOD = `datasets:\n${dataset('one', 1)}${dataset('two', 1)}`;
const WRONG = GOOD.replace('interval', 'intervall');

let folder: string;
let file: string;
/** The texts that the person writes in the editor, one each time it opens, and the answers. */
let texts: (string | ((text: string) => string))[];
let answers: string[];
let printed: string;
let server: AnsweringServer | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-edit-test-'));
  file = join(folder, 'config.yaml');
  writeFileSync(file, GOOD);
  // Texts that are kept are of this test alone.
  vi.stubEnv('TMPDIR', folder);
  printed = '';
  server = undefined;
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const saved = () => readFileSync(file, 'utf8');

function edit(machine: Partial<Machine> = {}, named: { file?: string } = { file }): Promise<number> {
  return editConfig({
    machine: {
      ...thisMachine(),
      serverAt: async () => server,
      listenError: async () => undefined,
      ...machine,
    },
    file: named.file,
    terminal: {
      print: text => {
        printed += text;
      },
      ask: async question => {
        printed += question;
        return answers.shift();
      },
      edit: async (_name, text) => {
        const next = texts.shift();
        if (next === undefined) throw new Error('the editor was opened once too often');
        return typeof next === 'string' ? next : next(text);
      },
    },
  });
}

describe('dapberry edit', () => {
  it('shows the lines and datasets that change, and saves the file with its mode and owner', async () => {
    chmodSync(file, 0o640);
    if (process.getuid?.() === 0) chownSync(file, 1234, 1235);
    const { uid, gid } = statSync(file);
    texts = [`datasets:\n${dataset('one', 2)}${dataset('two', 1, 'B')}${dataset('three', 1)}`];
    answers = ['s'];
    expect(await edit()).toBe(0);
    expect(printed).toContain(`- ${dataset('one', 1)}`);
    expect(printed).toContain(`+ ${dataset('one', 2)}`);
    expect(printed).toContain('datasets added: three\n');
    expect(printed).toContain('datasets that start again, and end their streams: one\n');
    expect(printed).toContain('datasets described otherwise, whose rows go on: two\n');
    expect(printed).toContain('no server answers on port 8080: start it with sudo systemctl start dapberry');
    expect(saved()).toContain('three');
    expect(statSync(file)).toMatchObject({ uid, gid });
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('shows all mistakes, opens the same text again, and saves mistakes only if that is typed', async () => {
    const seen: string[] = [];
    const look = (text: string) => {
      seen.push(text);
      return text;
    };
    texts = [WRONG, look, look];
    answers = ['e', 'q', 'e', 'x'];
    expect(await edit()).toBe(1);
    expect(seen).toEqual([WRONG, WRONG]);
    expect(printed).toContain(`${file}:2:20: datasets.one.intervall: expected one of the keys`);
    expect(printed).toContain('did you mean "interval"?');
    expect(saved()).toBe(GOOD);
    texts = [WRONG];
    answers = ['save'];
    expect(await edit()).toBe(0);
    expect(saved()).toBe(WRONG);
    // A wrong file that stays as it is is named as such.
    printed = '';
    texts = [WRONG];
    expect(await edit()).toBe(0);
    expect(printed).toContain('did you mean "interval"?');
    expect(printed).toMatch(/nothing was changed\n$/);
  });

  it('changes nothing where the text stays the same, the input ends or the editor fails', async () => {
    texts = [GOOD];
    answers = [];
    expect(await edit()).toBe(0);
    expect(printed).toBe('nothing was changed\n');
    texts = [WRONG];
    expect(await edit()).toBe(1);
    texts = [];
    await expect(edit()).rejects.toThrow('the editor was opened once too often');
    expect(saved()).toBe(GOOD);
    // No lock stays behind.
    texts = [GOOD];
    expect(await edit()).toBe(0);
  });

  it('keeps the text where the file cannot be saved, and saves it when that works again', async () => {
    const next = `${GOOD}${dataset('three', 1)}`;
    // The name of the file that is written beside it.
    const inTheWay = join(folder, `.config.yaml.dapberry-${process.pid}`);
    const seen: string[] = [];
    texts = [
      () => {
        mkdirSync(inTheWay);
        return next;
      },
      text => {
        seen.push(text);
        rmSync(inTheWay, { recursive: true });
        return text;
      },
    ];
    answers = ['s', 's', 'e', 's'];
    expect(await edit()).toBe(0);
    expect(printed.split(`${file} cannot be saved: `)).toHaveLength(3);
    expect(seen).toEqual([next]);
    expect(saved()).toBe(next);
  });

  it('notices that another has changed the file meanwhile', async () => {
    const theirs = `${GOOD}${dataset('theirs', 1)}`;
    const mine = `${GOOD}${dataset('mine', 1)}`;
    texts = [
      () => {
        writeFileSync(file, theirs);
        return mine;
      },
    ];
    answers = ['s', 'x'];
    expect(await edit()).toBe(1);
    expect(printed).toContain(`${file} has been changed by somebody else meanwhile:`);
    expect(printed).toContain('theirs');
    expect(saved()).toBe(theirs);
    texts = [
      () => {
        writeFileSync(file, GOOD);
        return mine;
      },
    ];
    answers = ['s', 'overwrite'];
    expect(await edit()).toBe(0);
    expect(saved()).toBe(mine);
  });

  it('lets nobody else edit the file, and takes the lock of a process that has ended', async () => {
    const path = join(folder, '.config.yaml.edit');
    const lock = await ProcessLock.take(path, 'dapberry edit', '');
    texts = [GOOD];
    await expect(edit()).rejects.toThrow(`${file} is edited already, by process ${process.pid} on `);
    const left = readFileSync(path, 'utf8').replace(`"pid":${process.pid}`, '"pid":4194305');
    lock.release();
    writeFileSync(path, left);
    texts = [GOOD];
    expect(await edit()).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  it('replaces the file that a link names, and creates one that does not exist', async () => {
    const target = join(folder, 'target.yaml');
    writeFileSync(target, GOOD);
    rmSync(file);
    symlinkSync(target, file);
    texts = [`${GOOD}${dataset('three', 1)}`];
    answers = ['s'];
    expect(await edit()).toBe(0);
    expect(readFileSync(target, 'utf8')).toContain('three');
    rmSync(file);
    texts = [GOOD];
    answers = ['s'];
    expect(await edit()).toBe(0);
    expect(saved()).toBe(GOOD);
  });

  it('says when the running server has taken the file over, or refuses it', async () => {
    const configuration = { files: [file], since: 0, problems: [], failed: [], inUse: 'current' as const };
    let asked = 0;
    const serverAt = async (port: number): Promise<AnsweringServer> => {
      asked += 1;
      const since = asked < 3 ? 0 : Date.now() / 1000;
      expect(port).toBe(8081);
      return { name: 'dapberry/0.1.0', datasets: [], configuration: { ...configuration, since } };
    };
    writeFileSync(file, `server: { port: 8081 }\n${GOOD}`);
    texts = [`server: { port: 8081 }\n${GOOD}${dataset('three', 1)}`, WRONG];
    answers = ['s'];
    expect(await edit({ serverAt })).toBe(0);
    expect(asked).toBe(3);
    expect(printed).toContain('the server on port 8081 has taken it over: it is live');
    const wrong = { ...configuration, inUse: 'previous' as const, problems: ['x'] };
    server = { name: 'dapberry/0.1.0', datasets: [], configuration: wrong };
    answers = ['save'];
    expect(await edit()).toBe(0);
    expect(printed).toContain('the server on port 8081 refuses it, and the previous one stays in use');
  });

  it('asks the service at the port of its command line', async () => {
    const command = '/usr/local/bin/dapberry serve --port 80';
    const run = async () =>
      `ExecStart={ path=/usr/local/bin/dapberry ; argv[]=${command} ; ignore_errors=no }\n`;
    const serverAt = async (port: number): Promise<AnsweringServer> => {
      expect(port).toBe(80);
      const since = Date.now() / 1000 + 1;
      const configuration = { files: [file], since, problems: [], failed: [], inUse: 'current' as const };
      return { name: 'dapberry/0.1.0', datasets: [], configuration };
    };
    const configuration = { usual: file, environment: {} };
    texts = [`${GOOD}${dataset('three', 1)}`];
    answers = ['s'];
    expect(await edit({ serverAt, run, configuration }, {})).toBe(0);
    expect(printed).toContain('the server on port 80 has taken it over: it is live');
  });

  it('leaves a file alone that is not UTF-8, and says where', async () => {
    const bytes = Buffer.from(`# 21 °C\n${GOOD}# 22 °C\n`, 'latin1');
    for (const content of [bytes, Buffer.from(`\ufeff${GOOD}`, 'utf16le')]) {
      writeFileSync(file, content);
      await expect(edit()).rejects.toThrow(
        /config\.yaml(?::1)?: expected UTF-8, found (?:UTF-16|another encoding).*: save the file as UTF-8 with another editor/,
      );
      expect(readFileSync(file)).toEqual(content);
    }
  });

  it('waits for a server that is too busy to answer at once, and does not call it stopped', async () => {
    const configuration = { files: [file], problems: [], failed: [], inUse: 'current' as const };
    let asked = 0;
    const serverAt = async (): Promise<AnsweringServer | undefined> => {
      asked += 1;
      if (asked < 3) return undefined;
      return {
        name: 'dapberry/0.1.0',
        datasets: [],
        configuration: { ...configuration, since: Date.now() / 1000 },
      };
    };
    const listenError = async () => 'EADDRINUSE';
    texts = [`${GOOD}${dataset('three', 1)}`];
    answers = ['s'];
    expect(await edit({ serverAt, listenError })).toBe(0);
    expect(printed).toContain('the server on port 8080 has taken it over: it is live');

    const options = {
      files: [file, file] as const,
      named: {},
      isWrong: false,
      hasNews: true,
      since: 0,
    };
    const never = { ...thisMachine(), serverAt: async () => undefined, listenError };
    expect(await liveText(never, options, 300)).toBe(
      "port 8080 is in use, but no dapberry server has answered there within 0.3 s: see systemctl status dapberry, and find the program with sudo ss -ltnp 'sport = :8080'",
    );
  });
});
