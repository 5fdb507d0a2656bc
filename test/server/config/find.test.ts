import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConfig } from '../../../server/config/find.ts';
import { problemLine } from '../../../server/config/problem.ts';

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
    expect((await findConfig(named, variables, usual)).sources.map(({ name }) => name)).toEqual([named]);
    expect((await findConfig(undefined, variables, usual)).sources.map(({ name }) => name)).toEqual([
      environment,
    ]);
    expect((await findConfig(undefined, { DAPBERRY_CONFIG: '' }, usual)).file).toBe(usual);
  });

  it('need not be there where nobody named it, and has to be where somebody did', async () => {
    expect(await findConfig(undefined, {}, at('none.yaml'))).toEqual({
      ...{ file: at('none.yaml'), sources: [], problems: [] },
    });
    for (const found of [
      await findConfig(at('none.yaml'), {}),
      await findConfig(undefined, { DAPBERRY_CONFIG: at('none.yaml') }),
    ]) {
      expect(found.problems.map(problemLine)).toEqual([
        `${at('none.yaml')}: expected a file that can be read, found none`,
      ]);
    }
    expect((await findConfig(folder, {})).problems.map(problemLine)).toEqual([
      `${folder}: expected a file that can be read, found a folder`,
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

  it('is not read to its end where it has none', async () => {
    const { sources } = await findConfig('/dev/zero', {});
    expect(sources[0]?.content.length).toBeLessThan(1_000_000);
  });
});
