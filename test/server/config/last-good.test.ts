import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LastGood } from '../../../server/config/last-good.ts';
import { stateFolders } from '../../../server/machine/state-directory.ts';

const SOURCES = [
  { name: '/etc/x/config.yaml', content: new TextEncoder().encode('simulate: true # ü\n') },
  { name: '/etc/x/config.d/a.yaml', content: 'interval: 1\n', dataset: 'a' },
];

let state: string;
let said: string[];
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'dapberry-state-'));
  said = [];
});
afterEach(() => rmSync(state, { recursive: true }));

const lastGood = (file = '/etc/x/config.yaml', ...folders: string[]) =>
  new LastGood(file, [...folders, state], sentence => said.push(sentence));
const keptFile = () => {
  const folder = join(state, 'last-good');
  return join(folder, readdirSync(folder)[0]!);
};

it('gives back the texts of a configuration file, and none for another file', async () => {
  await lastGood().save({ sources: SOURCES, drivers: ['/nowhere/driver.js'] });
  const kept = await lastGood().read();
  expect(kept!.sources).toEqual([
    { name: '/etc/x/config.yaml', content: 'simulate: true # ü\n' },
    { name: '/etc/x/config.d/a.yaml', content: 'interval: 1\n', dataset: 'a' },
  ]);
  expect(await lastGood('/etc/y/config.yaml').read()).toBeUndefined();
  expect(said).toEqual([]);
});

it('writes only for the user who runs it, and only when something has changed', async () => {
  await lastGood().save({ sources: SOURCES, drivers: [] });
  const { mode, mtimeMs, ino } = statSync(keptFile());
  expect(mode & 0o777).toBe(0o600);
  expect(statSync(join(state, 'last-good')).mode & 0o777).toBe(0o700);
  await lastGood().save({ sources: SOURCES, drivers: [] });
  expect(statSync(keptFile())).toMatchObject({ mtimeMs, ino });
  await lastGood().save({ sources: [], drivers: [] });
  expect((await lastGood().read())!.sources).toEqual([]);
});

it('takes no damaged file, replaces one of its own, and leaves one of another program alone', async () => {
  await lastGood().save({ sources: SOURCES, drivers: [] });
  const text = readFileSync(keptFile(), 'utf8');
  for (const damaged of [text.slice(0, 200), text.replace('interval: 1', 'interval: 9'), '', '\0\0\0']) {
    writeFileSync(keptFile(), damaged);
    expect(await lastGood().read()).toBeUndefined();
    await lastGood().save({ sources: SOURCES, drivers: [] });
    expect((await lastGood().read())!.sources).toHaveLength(2);
  }
  expect(said).toHaveLength(4);
  writeFileSync(keptFile(), 'a letter');
  await lastGood().save({ sources: SOURCES, drivers: [] });
  expect(readFileSync(keptFile(), 'utf8')).toBe('a letter');
  expect(said.at(-1)).toContain('is a file of another program');
});

it('takes the next folder where the first cannot be written, and says once that none can', async () => {
  const file = join(state, 'file');
  writeFileSync(file, '');
  await lastGood(undefined, file).save({ sources: SOURCES, drivers: [] });
  expect((await lastGood(undefined, file).read())?.sources).toHaveLength(2);
  const none = new LastGood('/etc/x/config.yaml', [file], sentence => said.push(sentence));
  said = [];
  await none.save({ sources: SOURCES, drivers: [] });
  await none.save({ sources: [], drivers: [] });
  expect(said).toEqual([expect.stringContaining('cannot be kept for a start with a wrong one')]);
});

it('gives the newest of all folders, though a folder that comes first has older texts, and whatever the clock says', async () => {
  const preferred = join(state, 'preferred');
  await lastGood(undefined, preferred).save({ sources: SOURCES, drivers: [] });
  const changed = [{ name: '/etc/x/config.yaml', content: 'simulate: false\n' }];
  // As if the preferred folder could not be written any more.
  await lastGood().save({ sources: changed, drivers: [] });
  await lastGood().save({ sources: [], drivers: [] });
  expect((await lastGood(undefined, preferred).read())?.sources).toEqual([]);
  await lastGood(undefined, preferred).save({ sources: SOURCES, drivers: [] });
  expect((await lastGood(undefined, preferred).read())?.sources).toHaveLength(2);
});

it('is kept in the folder of the service, else in that of the user', () => {
  const environment = { STATE_DIRECTORY: '/var/lib/dapberry:/var/lib/x', XDG_STATE_HOME: '/s' };
  expect(stateFolders(environment, '/people/ada')).toEqual(['/var/lib/dapberry', '/s/dapberry']);
  const other = { STATE_DIRECTORY: '', XDG_STATE_HOME: 'relative' };
  expect(stateFolders(other, '/people/ada')).toEqual(['/people/ada/.local/state/dapberry']);
});
