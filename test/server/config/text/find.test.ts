import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConfig } from '../../../../server/config/text/find.ts';
import { problemLine } from '../../../../server/config/text/problem.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dapberry-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (...names: string[]) => join(folder, ...names);
async function put(text: string, ...names: string[]): Promise<string> {
  await mkdir(join(at(...names), '..'), { recursive: true });
  await writeFile(at(...names), text);
  return at(...names);
}

describe('the configuration', () => {
  it('is the file that was named, else that of the environment, else the usual one', async () => {
    const [named, environment, usual] = [
      await put('a', 'a.yaml'),
      await put('b', 'b.yaml'),
      await put('c', 'c.yaml'),
    ];
    const variables = { DAPBERRY_CONFIG: environment };
    expect(
      (await findConfig(named, { environment: variables, usual })).sources.map(({ name }) => name),
    ).toEqual([named]);
    expect(
      (await findConfig(undefined, { environment: variables, usual })).sources.map(({ name }) => name),
    ).toEqual([environment]);
    expect((await findConfig(undefined, { environment: { DAPBERRY_CONFIG: '' }, usual })).file).toBe(usual);
  });

  it('need not be there where nobody named it, and has to be where somebody did', async () => {
    expect(await findConfig(undefined, { environment: {}, usual: at('none.yaml') })).toEqual({
      ...{ file: at('none.yaml'), sources: [], problems: [] },
    });
    for (const found of [
      await findConfig(at('none.yaml'), {}),
      await findConfig(undefined, { environment: { DAPBERRY_CONFIG: at('none.yaml') } }),
    ]) {
      expect(found.problems.map(problemLine)).toEqual([
        `${at('none.yaml')}: expected a file that can be read, found none`,
      ]);
    }
    expect((await findConfig(folder, {})).problems.map(problemLine)).toEqual([
      `${folder}: expected a regular file, found a folder`,
    ]);
  });

  it('has one more dataset for each file of config.d beside it, in the order of their names', async () => {
    const file = await put('server: {}', 'config.yaml');
    for (const name of ['b.yaml', 'a.yml', '.b.yaml.swp', '.hidden.yaml', 'c.yaml~', 'README.md']) {
      await put('x', 'config.d', name);
    }
    const { sources } = await findConfig(file, {});
    expect(sources.map(({ name, dataset }) => [name, dataset])).toEqual([
      [file, undefined],
      [at('config.d', 'a.yml'), 'a'],
      [at('config.d', 'b.yaml'), 'b'],
    ]);
  });

  const FIFO = 'a FIFO (named pipe)';
  it.each([
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path]), `a regular file, found ${FIFO}`],
    ['a device', (path: string) => symlinkSync('/dev/zero', path), 'a regular file, found a device'],
    [
      'a device that is no end',
      (path: string) => symlinkSync('/dev/null', path),
      'a regular file, found a device',
    ],
    ['a folder', (path: string) => mkdirSync(path), 'a regular file, found a folder'],
    ['a folder behind a link', (path: string) => symlinkSync(folder, path), 'a regular file, found a folder'],
    [
      'a link to nothing',
      (path: string) => symlinkSync('nothing', path),
      'a file that can be read, found none',
    ],
    [
      'a link to itself',
      (path: string) => symlinkSync(path, path),
      'a file that can be read, found a loop of symbolic links',
    ],
    [
      'a file of a gigabyte',
      (path: string) => {
        writeFileSync(path, '');
        truncateSync(path, 1e9);
      },
      'a file of at most 262144 bytes, found 1000000000',
    ],
    [
      'a file that claims to be empty',
      (path: string) => symlinkSync('/proc/kallsyms', path),
      'a file of at most 262144 bytes, found more',
    ],
  ])('has %s in its place: that is a problem, and nothing is read of it', async (_what, make, problem) => {
    await put('server: {}', 'config.yaml');
    await mkdir(at('config.d'));
    make(at('config.d', 'a.yaml'));
    make(at('b.yaml'));
    const inFolder = await findConfig(at('config.yaml'), { environment: {} });
    expect(inFolder.problems.map(problemLine)).toEqual([`${at('config.d', 'a.yaml')}: expected ${problem}`]);
    expect(inFolder.sources.map(({ name }) => name)).toEqual([at('config.yaml')]);
    await rm(at('config.d'), { recursive: true });
    for (const found of [
      await findConfig(at('b.yaml'), { environment: {} }),
      await findConfig(undefined, { environment: {}, usual: at('b.yaml') }),
    ]) {
      expect(found.problems.map(problemLine)).toEqual([`${at('b.yaml')}: expected ${problem}`]);
    }
  });

  it('has a socket in its place: that is a problem too', async () => {
    const server = createServer().listen(at('config.yaml'));
    await once(server, 'listening');
    const { problems } = await findConfig(at('config.yaml'), { environment: {} });
    expect(problems.map(problemLine)).toEqual([
      `${at('config.yaml')}: expected a regular file, found a socket`,
    ]);
    server.close();
  });

  it('has something else in the place of config.d: that is a problem', async () => {
    await put('server: {}', 'config.yaml');
    await put('x', 'config.d');
    const { problems } = await findConfig(at('config.yaml'), { environment: {} });
    expect(problems.map(problemLine)).toEqual([
      `${at('config.d')}: expected a folder that can be read, found something else`,
    ]);
  });

  it('has to be there as long as a server runs with it', async () => {
    const gone = (path: string) =>
      `${path}: expected the configuration that the server runs with, found none; put it back, or restart the server to go on without it`;
    const usual = await put('server: {}', 'config.yaml');
    const names = [usual];
    for (const name of ['a.yaml', 'b.yaml']) names.push(await put('x', 'config.d', name));
    const look = async () =>
      (await findConfig(undefined, { environment: {}, usual, known: names })).problems.map(problemLine);
    expect(await look()).toEqual([]);
    await rm(at('config.d', 'b.yaml'));
    expect(await look()).toEqual([gone(at('config.d', 'b.yaml'))]);
    await rm(usual);
    expect(await look()).toEqual([gone(usual), gone(at('config.d', 'b.yaml'))]);
    await rm(at('config.d'), { recursive: true });
    expect(await look()).toEqual([gone(usual), gone(at('config.d'))]);
    await rm(folder, { recursive: true });
    expect(await look()).toEqual([gone(usual), gone(at('config.d'))]);
    await mkdir(folder);
  });
});
