import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedI2c } from '../../../../device/host/i2c/i2c-simulated.ts';
import { Lm75Model } from '../../../../device/models/lm75.ts';
import { parseUsers } from '../../../../server/access/users.ts';
import { sensorsOf } from '../../../../server/config/config.ts';
import type { AnsweringServer } from '../../../../server/machine/answering-server.ts';
import type { Machine } from '../../../../server/machine/machine.ts';
import { ATTACHED, BUS } from './attached.ts';
import { SetupSite } from './setup-site.ts';

let site: SetupSite;

beforeEach(() => {
  site = new SetupSite();
});
afterEach(() => site.dispose());

const ENTER = '';

/** Nothing is attached. */
const ALONE = { '/proc/loadavg': ATTACHED['/proc/loadavg'] };

describe('dapberry setup', () => {
  it('shows what is attached with its values, and writes names, interval, history and readers, with comments', async () => {
    const answers = ['all', 'Living room', 'Küche', 'On the roof', ENTER, 'y', '2', '90 d', '1', 's'];
    expect(await site.answering(answers)).toBe(0);
    expect(site.printed).toMatch(
      /1 +DS18B20 \.\.\.4d49 +21\.563 degree_Celsius +28-00000a4d4d49 on w1_bus_master1\n/,
    );
    const { datasets, access, server } = site.served();
    expect(datasets.map(({ info }) => [info.name, info.title])).toEqual([
      ['on_the_roof', 'On the roof'],
      ['host', 'Load of this machine'],
    ]);
    expect(datasets.map(({ source }) => source.delivery)).toEqual([
      { kind: 'scheduled', interval: 2 },
      { kind: 'scheduled', interval: 2 },
    ]);
    const [roof] = datasets;
    expect(roof?.history).toMatchObject({ keep: 90 * 86_400 });
    const columns = sensorsOf(roof!).flatMap(sensor => sensor.columns.map(({ column }) => column));
    expect(columns.map(({ name, sensorName }) => [name, sensorName])).toEqual([
      ['living_room_temperature', 'Living room'],
      ['kuche_temperature', 'Küche'],
    ]);
    expect([access, server.allow, server.port]).toEqual([undefined, undefined, 8080]);
    expect(site.saved()).toContain('# 28-00000a4d4d49 on w1_bus_master1\n');
    expect(site.printed).toContain('start it with sudo systemctl start dapberry');
    expect(site.printed).toContain('the page: http://192.0.2.17:8080/\n');
  });

  it('asks again for what is wrong, with a sentence', async () => {
    const answers = '3|1||Roof|3d|roof|maybe|n|100 ms|soon|1|1 h|no|5|1|s'.split('|');
    expect(await site.answering(answers)).toBe(0);
    for (const sentence of [
      'expected all, or numbers from 1 to 2 such as 1 or 1 3, found "3"',
      'expected at most 64 letters, digits, _ and -, not beginning with a digit, found "3d"',
      'expected y or n, found "maybe"',
      'expected 0.78 s or more, which a reading of the slowest sensor takes, found "100 ms"',
      'expected a time such as 500 ms, 10 s or 1 min, found "soon"',
      'expected a time from 1 d to 100 y, or no, found "1 h"',
      'expected 1, 2 or 3, found "5"',
    ])
      expect(site.printed).toContain(`${sentence}\n`);
    const { datasets } = site.served();
    expect(datasets.map(({ info, history }) => [info.name, history])).toEqual([['roof', undefined]]);
    expect(site.saved()).toContain('title: DS18B20 ...4d49\n');
  });

  it('proposes an interval in which all thermometers are read, and says why', async () => {
    const names = [ENTER, ENTER, ENTER, ENTER, 'n'];
    expect(await site.answering(['all', ...names, '1', ENTER, 'no', '1', 's'])).toBe(0);
    const why = 'the 2 sensors of the kind ds18b20 are read one after the other, which takes 1.56 s';
    expect(site.printed).toContain(`Time between two rows (${why}) [2 s]: 1\n`);
    expect(site.printed).toContain(
      'expected 1.56 s or more, which a reading of all sensors takes, found "1"\n',
    );
    expect(site.served().datasets.map(({ source }) => source.delivery)).toEqual([
      { kind: 'scheduled', interval: 2 },
    ]);
    // These convert at once.
    await site.tree?.dispose();
    const texts = { ...ATTACHED, [`${BUS}/w1_bus_master1/therm_bulk_read`]: '0\n' };
    expect(await site.answering(['all', ...names, ENTER, 'no', '1', 's'], { texts })).toBe(0);
    expect(site.printed).toContain('Time between two rows [1 s]: ');
  });

  it('keeps the keys of server and the file before, shows what changes, and saves nothing without a yes', async () => {
    const before =
      'server:\n  port: 8081\n  allow: [10.0.0.0/8]\n  maxStreams: 7\ndatasets: {a: {sensors: [{kind: thermal}]}}\n';
    writeFileSync(site.file, before, { mode: 0o640 });
    const answers = ['all', ENTER, ENTER, ENTER, ENTER, 'n', ENTER, ENTER, '3', ENTER];
    expect(await site.answering([...answers, 'x'])).toBe(1);
    expect(site.printed).toContain('- datasets: {a: {sensors: [{kind: thermal}]}}\n');
    expect(site.printed).toContain('datasets removed: a\n');
    expect(site.saved()).toBe(before);
    await site.tree?.dispose();
    expect(await site.answering([...answers, 's'])).toBe(0);
    expect(site.served().server).toMatchObject({ port: 8081, maxStreams: 7, allow: ['192.0.2.0/24'] });
    expect(readFileSync(`${site.file}.old`, 'utf8')).toBe(before);
    expect([site.file, `${site.file}.old`].map(path => statSync(path).mode & 0o777)).toEqual([0o640, 0o640]);
    // The next one does not replace it.
    await site.tree?.dispose();
    expect(await site.answering(['1', ...answers.slice(1, 2), ...answers.slice(3), 's'])).toBe(0);
    expect(readFileSync(`${site.file}.old`, 'utf8')).toBe(before);
    expect(readFileSync(`${site.file}.old2`, 'utf8')).toContain('...4d50');
  });

  it('shows the new file as it is, and of the file before what was in use, not the comments of a starter', async () => {
    const starter = readFileSync(
      join(import.meta.dirname, '../../../../systemd/config.starter.yaml'),
      'utf8',
    );
    writeFileSync(site.file, `${starter}\nhistory: {keep: 90 d}\n`);
    const answers = ['all', ENTER, ENTER, ENTER, ENTER, 'n', ENTER, ENTER, '3', ENTER];
    expect(await site.answering([...answers, 's'])).toBe(0);
    const [, shown = ''] = site.printed.split(`${site.file} is to hold:\n\n`);
    expect(shown).toMatch(/^# Written by dapberry setup. Change it with: sudo dapberry edit\n/);
    expect(shown).toContain(site.saved());
    expect(site.printed.match(/^- .*$/gm)).toEqual(['- history: {keep: 90 d}']);
  });

  it.each(Array.from({ length: 10 }, (_, index) => index))(
    'changes nothing where the input ends after %i answers',
    async count => {
      const answers = ['all', ENTER, ENTER, ENTER, ENTER, 'y', ENTER, ENTER, '2', 'anna'];
      expect(await site.answering(answers.slice(0, count), { passwords: ['correct horse'] })).toBe(1);
      expect(readdirSync(site.folder)).toEqual([]);
      expect(site.printed).toMatch(/nothing was changed\n$/);
    },
  );

  it('puts a user with a password beside it, keeps the other users, and asks the server as that user', async () => {
    const users = join(site.folder, 'users');
    writeFileSync(users, '# ours\nbert:scrypt$1\nanna:scrypt$2\n', { mode: 0o600 });
    const configuration = {
      files: [site.file],
      since: 0,
      problems: [],
      failed: [],
      inUse: 'current' as const,
    };
    const asked: (string | undefined)[] = [];
    const serverAt: Machine['serverAt'] = async (_port, _host, authorization): Promise<AnsweringServer> => {
      asked.push(authorization);
      const since = Date.now() / 1000 + 1;
      const answer = { name: 'dapberry/0.1.0', datasets: [] };
      return authorization === undefined ? answer : { ...answer, configuration: { ...configuration, since } };
    };
    const answers = ['1', ENTER, ENTER, ENTER, 'n', ENTER, ENTER, '2', 'an na', 'anna', 's'];
    const passwords = [new Error('expected the same password twice'), 'correct horse'];
    expect(await site.answering(answers, { machine: { serverAt }, passwords })).toBe(0);
    expect(site.printed).toContain(
      'expected a user name of at most 64 letters, digits, _ and -, found "an na"\n',
    );
    expect(site.printed).toContain('expected the same password twice\n');
    expect(site.served().access).toMatchObject({ file: users });
    const lines = readFileSync(users, 'utf8').split('\n');
    expect(lines.slice(0, 2)).toEqual(['# ours', 'bert:scrypt$1']);
    expect(parseUsers(lines[2] ?? '').users.has('anna')).toBe(true);
    expect(lines).toHaveLength(4);
    expect(statSync(users).mode & 0o777).toBe(0o600);
    expect(site.printed + site.saved()).not.toContain('correct horse');
    expect(asked).toEqual([undefined, `Basic ${Buffer.from('anna:correct horse').toString('base64')}`]);
    expect(site.printed).toContain('the server on port 8080 has taken it over: it is live');
  });

  it('shows the page at the port of the service', async () => {
    const command = '/usr/local/bin/dapberry serve --port 80';
    const run = async () =>
      `ExecStart={ path=/usr/local/bin/dapberry ; argv[]=${command} ; ignore_errors=no }\n`;
    expect(await site.answering(['y', ENTER, ENTER, '1', 's'], { texts: ALONE, machine: { run } })).toBe(0);
    expect(site.printed).toContain('no server answers on port 80: ');
    expect(site.printed).toContain('the page: http://192.0.2.17:80/\n');
  });

  it('refuses names that the configuration could not have, and proposes none of them', async () => {
    const names = ['metrics', 'host', '9', 'null'];
    const answers = ['all', ENTER, ENTER, 'Health', ...names, 'y', ENTER, ENTER, '1', 's'];
    expect(await site.answering(answers)).toBe(0);
    expect(site.printed).toContain('Name of their dataset, a part of its address [station]: metrics\n');
    expect(site.printed).toContain(
      'expected a name that the server does not use for an address of its own, found "metrics"\n',
    );
    expect(site.printed).toContain('dataset about the machine itself, found "host"\n');
    expect(site.printed).toContain('not beginning with a digit, found "9"\n');
    expect(site.served().datasets.map(({ info }) => info.name)).toEqual(['null', 'host']);
  });

  it('puts no user beside a file whose text the person takes back', async () => {
    const before = 'datasets: {a: {sensors: [{kind: thermal}]}}\n';
    writeFileSync(site.file, before);
    const answers = ['1', ENTER, ENTER, ENTER, 'n', ENTER, ENTER, '2', 'anna', 'e'];
    expect(await site.answering(answers, { passwords: ['correct horse'], edits: [before] })).toBe(0);
    expect(site.printed).toContain('nothing was changed\n');
    expect(readdirSync(site.folder)).toEqual(['config.yaml']);
  });

  it('serves the machine alone where nothing is attached, and says what to do', async () => {
    expect(await site.answering(['y', ENTER, ENTER, '1', 's'], { texts: ALONE })).toBe(0);
    expect(site.printed).toContain('No sensor is found. dapberry doctor says');
    expect(site.printed).toContain('write them with sudo dapberry edit (');
    expect(site.served().datasets.map(({ info }) => info.name)).toEqual(['host']);
    await site.tree?.dispose();
    rmSync(site.file);
    expect(await site.answering([], { texts: {} })).toBe(1);
    expect(site.printed).toContain('There is nothing to serve.');
    expect(readdirSync(site.folder)).toEqual([]);
  });

  it('names the file of --output where it says how to change it, and keeps the history beside it', async () => {
    const output = join(site.folder, 'my garden.yaml');
    expect(await site.answering(['y', ENTER, 'y', ENTER, '1', 's'], { texts: ALONE, output })).toBe(0);
    expect(site.printed).toContain(`write them with dapberry edit --config '${output}' (`);
    const written = readFileSync(output, 'utf8');
    expect(written).toMatch(/^# Written by dapberry setup. Change it with: /);
    expect(written).toContain(`Change it with: dapberry edit --config '${output}'\n`);
    expect(written).toContain(join(site.folder, 'history'));
  });

  it('looks on I2C if it may, and takes one of two kinds that a chip may have', async () => {
    const i2c = [new SimulatedI2c(1, { 72: new Lm75Model({ temperature: () => 21, now: () => 0 }) })];
    const texts = {
      '/sys/class/i2c-dev/i2c-1/name': 'bcm2835 (i2c@7e804000)\n',
      '/dev/i2c-1': '',
    };
    const rest = [ENTER, ENTER, ENTER, ENTER, ENTER, '1', 's'];
    expect(await site.answering(['y', '1 2', 'all', ...rest], { texts, i2c })).toBe(0);
    expect(site.printed).toContain('expected one of 1 and 2, which are the same chip, found both\n');
    expect(
      site
        .served()
        .datasets.flatMap(sensorsOf)
        .map(({ kind }) => kind.name),
    ).toEqual(['lm75']);
    await site.tree?.dispose();
    rmSync(site.file);
    expect(await site.answering(['n'], { texts, i2c })).toBe(1);
    expect(site.printed).toContain('No sensor is found.');
  });

  it('needs a folder that it may write, and says how', async () => {
    mkdirSync(join(site.folder, 'sub'));
    site.file = join(site.folder, 'missing', 'config.yaml');
    await expect(site.answering(['all'])).rejects.toThrow(
      'run sudo dapberry setup, or name another file with --output',
    );
  });
});
