import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { processTerminal } from '../../../../server/cli/edit/edit-terminal.ts';
import { editConfig } from '../../../../server/cli/edit/editing.ts';
import { thisMachine } from '../../../../server/machine/machine.ts';

let folder: string;
let file: string;
const terminal = processTerminal(() => undefined);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-edit-test-'));
  file = join(folder, 'config.yaml');
  writeFileSync(file, 'simulate: true\n');
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** An editor that runs these commands on the copy, `$1`. */
function editorOf(...commands: readonly string[]): void {
  const editor = join(folder, 'editor');
  writeFileSync(editor, ['#!/bin/sh', ...commands, ''].join('\n'));
  chmodSync(editor, 0o755);
  vi.stubEnv('VISUAL', editor);
}

const failure = (text: string) =>
  terminal.edit(file, text).then(
    () => 'no error',
    (error: Error) => error.message,
  );
const copyIn = (message: string) => /; your text is in (\S+)$/.exec(message)?.[1];

describe('an editor that fails', () => {
  it('leaves the text of the person in a file that the message names', async () => {
    editorOf('echo "simulate: false" > "$1"', 'kill -HUP $$');
    const message = await failure('simulate: true\n');
    expect(message).toMatch(
      /^the editor \(\S+\) ended with (?:SIGHUP|code 129): nothing was saved; your text is in \S+$/,
    );
    expect(readFileSync(copyIn(message)!, 'utf8')).toBe('simulate: false\n');
    // What the person wrote when it was opened before is in no other place.
    editorOf('exit 1');
    expect(readFileSync(copyIn(await failure('seed: 7\n'))!, 'utf8')).toBe('seed: 7\n');
  });

  it('leaves no copy behind that has what the file has', async () => {
    editorOf('echo "$1" > "$0.copy"', 'exit 1');
    expect(await failure('simulate: true\n')).toMatch(/ended with code 1: nothing was saved$/);
    const copy = readFileSync(join(folder, 'editor.copy'), 'utf8').trim();
    expect(existsSync(dirname(copy))).toBe(false);
  });

  it('counts as failed if the text that it writes is not UTF-8', async () => {
    editorOf(`printf 'title: 21 \\260C\\n' > "$1"`);
    expect(await failure('simulate: true\n')).toMatch(
      /config\.yaml:1: expected UTF-8, found another encoding, such as Windows-1252 .*; your text is in \S+$/,
    );
  });
});

describe('a text that nobody has decided about', () => {
  const GOOD = 'datasets: {garden: {sensors: [{kind: host-load}]}}\n';
  const MINE = `# mine\n${GOOD}`;
  let printed: string;

  /** The editor writes `MINE`; then `ask` answers the questions. */
  function edited(ask: () => string | undefined): Promise<number> {
    printed = '';
    writeFileSync(file, GOOD);
    return editConfig({
      machine: thisMachine(),
      file,
      terminal: {
        print: text => {
          printed += text;
        },
        ask: async () => ask(),
        edit: async () => MINE,
      },
    });
  }

  it('stays in a file that is named where the input ends, as when a connection breaks', async () => {
    expect(await edited(() => undefined)).toBe(1);
    const [, kept] = /the input has ended; your text is in (\S+)\n/.exec(printed) ?? [];
    expect(readFileSync(kept!, 'utf8')).toBe(MINE);
    expect(readFileSync(file, 'utf8')).toBe(GOOD);
  });

  it('stays in one that the error names where the file itself cannot be read any more', async () => {
    const foreign = Buffer.from('# 21 \xb0C\n', 'latin1');
    const message = await edited(() => {
      writeFileSync(file, foreign);
      return 's';
    }).then(String, String);
    expect(message).toMatch(/config\.yaml:1: expected UTF-8, found another encoding, /);
    expect(readFileSync(copyIn(message)!, 'utf8')).toBe(MINE);
    expect(readFileSync(file)).toEqual(foreign);
  });

  it('is named the next time, but nothing that links or folders of others put in its place', async () => {
    const [mine, link, foreign] = ['mine', 'link', 'foreign'].map(name =>
      join(folder, `dapberry-edit-4194305-${name}`),
    ) as [string, string, string];
    for (const each of [mine, link, foreign]) mkdirSync(each);
    writeFileSync(join(mine, 'config.yaml'), MINE);
    symlinkSync(join(mine, 'config.yaml'), join(link, 'config.yaml'));
    writeFileSync(join(foreign, 'config.yaml'), MINE);
    if (process.getuid?.() === 0) chownSync(foreign, 12345, 12345);
    else rmSync(foreign, { recursive: true });
    await edited(() => 'x');
    expect([...printed.matchAll(/has left its text in (\S+);/g)].map(([, path]) => path)).toEqual([
      join(mine, 'config.yaml'),
    ]);
  });

  it('is dropped where the person says so, and leaves nothing behind', async () => {
    const before = readdirSync(folder);
    expect(await edited(() => 'x')).toBe(1);
    expect(printed).not.toContain('your text is in');
    expect(readdirSync(folder)).toEqual(before);
  });
});
