import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedI2c, simulatedI2c } from '../../../../device/host/i2c/i2c-simulated.ts';
import { oneWire } from '../../../../device/host/one-wire.ts';
import { Lm75Model } from '../../../../device/models/lm75.ts';
import { parseUsers } from '../../../../server/access/users.ts';
import { setUp } from '../../../../server/cli/setup/setup.ts';
import { sensorsOf } from '../../../../server/config/config.ts';
import { loadConfig } from '../../../../server/config/load.ts';
import { problemLine } from '../../../../server/config/text/problem.ts';
import type { AnsweringServer } from '../../../../server/machine/answering-server.ts';
import { type Machine, thisMachine } from '../../../../server/machine/machine.ts';
import { hostOf } from '../../../device/known-sensors.ts';
import { type KernelTree, kernelTree } from '../../../device/sensors/kernel-tree.ts';
import { ATTACHED, BUS } from './attached.ts';

let folder: string;
let file: string;
let tree: KernelTree | undefined;
let printed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-setup-test-'));
  file = join(folder, 'config.yaml');
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await tree?.dispose();
});

interface Site {
  readonly texts?: Readonly<Record<string, string>>;
  readonly i2c?: readonly SimulatedI2c[];
  readonly machine?: Partial<Machine>;
  readonly passwords?: readonly (string | Error)[];
  readonly edits?: readonly string[];
  /** The file of --output. */
  readonly output?: string;
}

/** Answers the questions in their order; where no answer is left, the input has ended. */
async function answering(answers: readonly string[], site: Site = {}): Promise<number> {
  const { texts = ATTACHED, i2c = [], machine = {}, passwords = [], edits = [], output } = site;
  tree = await kernelTree(texts);
  const { files } = tree;
  const [left, secrets, written] = [[...answers], [...passwords], [...edits]];
  printed = '';
  return setUp({
    machine: {
      ...thisMachine(),
      files,
      host: seed => {
        const host = hostOf({ files, seed });
        const { clock, buses } = host;
        const { serial } = buses;
        return {
          ...host,
          i2c: simulatedI2c(i2c, { clock, serial }),
          oneWire: oneWire({ files, serial, clock }),
        };
      },
      configuration: { usual: file, environment: {} },
      addresses: ['192.0.2.17'],
      serverAt: async () => undefined,
      listenError: async () => undefined,
      ...machine,
    },
    file: output,
    networks: ['192.0.2.0/24'],
    terminal: {
      print: text => {
        printed += text;
      },
      ask: async question => {
        printed += question;
        const answer = left.shift();
        printed += `${answer}\n`;
        return answer;
      },
      askPassword: async () => {
        const secret = secrets.shift();
        if (secret instanceof Error) throw secret;
        return secret;
      },
      edit: async () => written.shift() ?? '',
    },
  });
}

const saved = () => readFileSync(file, 'utf8');

function served() {
  const loaded = loadConfig([{ name: file, content: saved() }], { historyPath: '/history' });
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  return loaded.config;
}

const ENTER = '';

/** Nothing is attached. */
const ALONE = { '/proc/loadavg': ATTACHED['/proc/loadavg'] };

describe('dapberry setup', () => {
  it('shows what is attached with its values, and writes names, interval, history and readers, with comments', async () => {
    const answers = ['all', 'Living room', 'Küche', 'On the roof', ENTER, 'y', '2', '90 d', '1', 's'];
    expect(await answering(answers)).toBe(0);
    expect(printed).toMatch(
      /1 +DS18B20 \.\.\.4d49 +21\.563 degree_Celsius +28-00000a4d4d49 on w1_bus_master1\n/,
    );
    const { datasets, access, server } = served();
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
    expect(saved()).toContain('# 28-00000a4d4d49 on w1_bus_master1\n');
    expect(printed).toContain('start it with sudo systemctl start dapberry');
    expect(printed).toContain('the page: http://192.0.2.17:8080/\n');
  });

  it('asks again for what is wrong, with a sentence', async () => {
    const answers = '3|1||Roof|3d|roof|maybe|n|100 ms|soon|1|1 h|no|5|1|s'.split('|');
    expect(await answering(answers)).toBe(0);
    for (const sentence of [
      'expected all, or numbers from 1 to 2 such as 1 or 1 3, found "3"',
      'expected at most 64 letters, digits, _ and -, not beginning with a digit, found "3d"',
      'expected y or n, found "maybe"',
      'expected 0.78 s or more, which a reading of the slowest sensor takes, found "100 ms"',
      'expected a time such as 500 ms, 10 s or 1 min, found "soon"',
      'expected a time from 1 d to 100 y, or no, found "1 h"',
      'expected 1, 2 or 3, found "5"',
    ])
      expect(printed).toContain(`${sentence}\n`);
    const { datasets } = served();
    expect(datasets.map(({ info, history }) => [info.name, history])).toEqual([['roof', undefined]]);
    expect(saved()).toContain('title: DS18B20 ...4d49\n');
  });

  it('proposes an interval in which all thermometers are read, and says why', async () => {
    const names = [ENTER, ENTER, ENTER, ENTER, 'n'];
    expect(await answering(['all', ...names, '1', ENTER, 'no', '1', 's'])).toBe(0);
    const why = 'the 2 sensors of the kind ds18b20 are read one after the other, which takes 1.56 s';
    expect(printed).toContain(`Time between two rows (${why}) [2 s]: 1\n`);
    expect(printed).toContain('expected 1.56 s or more, which a reading of all sensors takes, found "1"\n');
    expect(served().datasets.map(({ source }) => source.delivery)).toEqual([
      { kind: 'scheduled', interval: 2 },
    ]);
    // These convert at once.
    await tree?.dispose();
    const texts = { ...ATTACHED, [`${BUS}/w1_bus_master1/therm_bulk_read`]: '0\n' };
    expect(await answering(['all', ...names, ENTER, 'no', '1', 's'], { texts })).toBe(0);
    expect(printed).toContain('Time between two rows [1 s]: ');
  });

  it('keeps the keys of server and the file before, shows what changes, and saves nothing without a yes', async () => {
    const before =
      'server:\n  port: 8081\n  allow: [10.0.0.0/8]\n  maxStreams: 7\ndatasets: {a: {sensors: [{kind: thermal}]}}\n';
    writeFileSync(file, before, { mode: 0o640 });
    const answers = ['all', ENTER, ENTER, ENTER, ENTER, 'n', ENTER, ENTER, '3', ENTER];
    expect(await answering([...answers, 'x'])).toBe(1);
    expect(printed).toContain('- datasets: {a: {sensors: [{kind: thermal}]}}\n');
    expect(printed).toContain('datasets removed: a\n');
    expect(saved()).toBe(before);
    await tree?.dispose();
    expect(await answering([...answers, 's'])).toBe(0);
    expect(served().server).toMatchObject({ port: 8081, maxStreams: 7, allow: ['192.0.2.0/24'] });
    expect(readFileSync(`${file}.old`, 'utf8')).toBe(before);
    expect([file, `${file}.old`].map(path => statSync(path).mode & 0o777)).toEqual([0o640, 0o640]);
    // The next one does not replace it.
    await tree?.dispose();
    expect(await answering(['1', ...answers.slice(1, 2), ...answers.slice(3), 's'])).toBe(0);
    expect(readFileSync(`${file}.old`, 'utf8')).toBe(before);
    expect(readFileSync(`${file}.old2`, 'utf8')).toContain('...4d50');
  });

  it('shows the new file as it is, and of the file before what was in use, not the comments of a starter', async () => {
    const starter = readFileSync(
      join(import.meta.dirname, '../../../../systemd/config.starter.yaml'),
      'utf8',
    );
    writeFileSync(file, `${starter}\nhistory: {keep: 90 d}\n`);
    const answers = ['all', ENTER, ENTER, ENTER, ENTER, 'n', ENTER, ENTER, '3', ENTER];
    expect(await answering([...answers, 's'])).toBe(0);
    const [, shown = ''] = printed.split(`${file} is to hold:\n\n`);
    expect(shown).toMatch(/^# Written by dapberry setup. Change it with: sudo dapberry edit\n/);
    expect(shown).toContain(saved());
    expect(printed.match(/^- .*$/gm)).toEqual(['- history: {keep: 90 d}']);
  });

  it.each(Array.from({ length: 10 }, (_, index) => index))(
    'changes nothing where the input ends after %i answers',
    async count => {
      const answers = ['all', ENTER, ENTER, ENTER, ENTER, 'y', ENTER, ENTER, '2', 'anna'];
      expect(await answering(answers.slice(0, count), { passwords: ['correct horse'] })).toBe(1);
      expect(readdirSync(folder)).toEqual([]);
      expect(printed).toMatch(/nothing was changed\n$/);
    },
  );

  it('puts a user with a password beside it, keeps the other users, and asks the server as that user', async () => {
    const users = join(folder, 'users');
    writeFileSync(users, '# ours\nbert:scrypt$1\nanna:scrypt$2\n', { mode: 0o600 });
    const configuration = { files: [file], since: 0, problems: [], failed: [], inUse: 'current' as const };
    const asked: (string | undefined)[] = [];
    const serverAt: Machine['serverAt'] = async (_port, _host, authorization): Promise<AnsweringServer> => {
      asked.push(authorization);
      const since = Date.now() / 1000 + 1;
      const answer = { name: 'dapberry/0.1.0', datasets: [] };
      return authorization === undefined ? answer : { ...answer, configuration: { ...configuration, since } };
    };
    const answers = ['1', ENTER, ENTER, ENTER, 'n', ENTER, ENTER, '2', 'an na', 'anna', 's'];
    const passwords = [new Error('expected the same password twice'), 'correct horse'];
    expect(await answering(answers, { machine: { serverAt }, passwords })).toBe(0);
    expect(printed).toContain('expected a user name of at most 64 letters, digits, _ and -, found "an na"\n');
    expect(printed).toContain('expected the same password twice\n');
    expect(served().access).toMatchObject({ file: users });
    const lines = readFileSync(users, 'utf8').split('\n');
    expect(lines.slice(0, 2)).toEqual(['# ours', 'bert:scrypt$1']);
    expect(parseUsers(lines[2] ?? '').users.has('anna')).toBe(true);
    expect(lines).toHaveLength(4);
    expect(statSync(users).mode & 0o777).toBe(0o600);
    expect(printed + saved()).not.toContain('correct horse');
    expect(asked).toEqual([undefined, `Basic ${Buffer.from('anna:correct horse').toString('base64')}`]);
    expect(printed).toContain('the server on port 8080 has taken it over: it is live');
  });

  it('shows the page at the port of the service', async () => {
    const command = '/usr/local/bin/dapberry serve --port 80';
    const run = async () =>
      `ExecStart={ path=/usr/local/bin/dapberry ; argv[]=${command} ; ignore_errors=no }\n`;
    expect(await answering(['y', ENTER, ENTER, '1', 's'], { texts: ALONE, machine: { run } })).toBe(0);
    expect(printed).toContain('no server answers on port 80: ');
    expect(printed).toContain('the page: http://192.0.2.17:80/\n');
  });

  it('refuses names that the configuration could not have, and proposes none of them', async () => {
    const names = ['metrics', 'host', '9', 'null'];
    const answers = ['all', ENTER, ENTER, 'Health', ...names, 'y', ENTER, ENTER, '1', 's'];
    expect(await answering(answers)).toBe(0);
    expect(printed).toContain('Name of their dataset, a part of its address [station]: metrics\n');
    expect(printed).toContain(
      'expected a name that the server does not use for an address of its own, found "metrics"\n',
    );
    expect(printed).toContain('dataset about the machine itself, found "host"\n');
    expect(printed).toContain('not beginning with a digit, found "9"\n');
    expect(served().datasets.map(({ info }) => info.name)).toEqual(['null', 'host']);
  });

  it('puts no user beside a file whose text the person takes back', async () => {
    const before = 'datasets: {a: {sensors: [{kind: thermal}]}}\n';
    writeFileSync(file, before);
    const answers = ['1', ENTER, ENTER, ENTER, 'n', ENTER, ENTER, '2', 'anna', 'e'];
    expect(await answering(answers, { passwords: ['correct horse'], edits: [before] })).toBe(0);
    expect(printed).toContain('nothing was changed\n');
    expect(readdirSync(folder)).toEqual(['config.yaml']);
  });

  it('serves the machine alone where nothing is attached, and says what to do', async () => {
    expect(await answering(['y', ENTER, ENTER, '1', 's'], { texts: ALONE })).toBe(0);
    expect(printed).toContain('No sensor is found. dapberry doctor says');
    expect(printed).toContain('write them with sudo dapberry edit (');
    expect(served().datasets.map(({ info }) => info.name)).toEqual(['host']);
    await tree?.dispose();
    rmSync(file);
    expect(await answering([], { texts: {} })).toBe(1);
    expect(printed).toContain('There is nothing to serve.');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('names the file of --output where it says how to change it, and keeps the history beside it', async () => {
    const output = join(folder, 'my garden.yaml');
    expect(await answering(['y', ENTER, 'y', ENTER, '1', 's'], { texts: ALONE, output })).toBe(0);
    expect(printed).toContain(`write them with dapberry edit --config '${output}' (`);
    const written = readFileSync(output, 'utf8');
    expect(written).toMatch(/^# Written by dapberry setup. Change it with: /);
    expect(written).toContain(`Change it with: dapberry edit --config '${output}'\n`);
    expect(written).toContain(join(folder, 'history'));
  });

  it('looks on I2C if it may, and takes one of two kinds that a chip may have', async () => {
    const i2c = [new SimulatedI2c(1, { 72: new Lm75Model({ temperature: () => 21, now: () => 0 }) })];
    const texts = {
      '/sys/class/i2c-dev/i2c-1/name': 'bcm2835 (i2c@7e804000)\n',
      '/dev/i2c-1': '',
    };
    const rest = [ENTER, ENTER, ENTER, ENTER, ENTER, '1', 's'];
    expect(await answering(['y', '1 2', 'all', ...rest], { texts, i2c })).toBe(0);
    expect(printed).toContain('expected one of 1 and 2, which are the same chip, found both\n');
    expect(
      served()
        .datasets.flatMap(sensorsOf)
        .map(({ kind }) => kind.name),
    ).toEqual(['lm75']);
    await tree?.dispose();
    rmSync(file);
    expect(await answering(['n'], { texts, i2c })).toBe(1);
    expect(printed).toContain('No sensor is found.');
  });

  it('needs a folder that it may write, and says how', async () => {
    mkdirSync(join(folder, 'sub'));
    file = join(folder, 'missing', 'config.yaml');
    await expect(answering(['all'])).rejects.toThrow(
      'run sudo dapberry setup, or name another file with --output',
    );
  });
});
