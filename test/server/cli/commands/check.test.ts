import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { textOf } from '../../../sources.ts';
import { machineWith, PI, type TestMachine } from './machines.ts';

let machine: TestMachine | undefined;
afterEach(async () => {
  await machine?.tree.dispose();
});

const USUAL = '/etc/dapberry/config.yaml';

const day = 'x'.repeat(2 * 1024 ** 2);
const ofService = async (program: string, args: readonly string[]) =>
  program === 'systemctl' && args.includes('--property=StateDirectory')
    ? 'ExecStart={ path=/usr/local/bin/dapberry ; argv[]=/usr/local/bin/dapberry serve ; pid=0 }\nStateDirectory=dapberry\n'
    : undefined;
const historyIn = (out: string) =>
  /^ {2}history +(.*(?:\n {12}.*)*)$/m.exec(out)?.[1]?.replaceAll(/\s+/g, ' ');

describe('dapberry check', () => {
  it('tells what the built-in configuration serves on a Raspberry Pi', async () => {
    machine = await machineWith(PI);
    const { code, out, err } = await machine.dapberry('check');
    expect([code, err]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot('output/check-built-in.txt');
  });

  it('tells what is left out on a machine with nothing', async () => {
    machine = await machineWith({});
    const { code, out } = await machine.dapberry('check');
    expect(code).toBe(0);
    expect(out).toContain('dataset host is left out: /proc/loadavg does not exist');
    expect(out).not.toContain('\ndataset host\n');
  });

  it('tells what the example serves, and that it is right', async () => {
    machine = await machineWith({ [USUAL]: textOf('systemd/config.example.yaml') }, { run: ofService });
    const { code, out } = await machine.dapberry('check');
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('output/check-example.txt');
  });

  it('tells where the service keeps past rows, what a day takes, and how many days are kept', async () => {
    const roof = 'datasets:\n  roof:\n    sensors: [{kind: host-load}]\n';
    machine = await machineWith({ [USUAL]: roof }, { run: ofService });
    const history = async () => historyIn((await machine!.dapberry('check')).out);
    expect(await history()).toMatch(
      /^in \/var\/lib\/dapberry\/history: written every 10 min, 2\d\d KiB a day by an estimate, kept for 5 y, which takes \d+ MiB$/,
    );
    await machine.tree.write('/var/lib/dapberry/history/roof/2026/11/2026-11-27.parquet', day);
    expect(await history()).toBe(
      'in /var/lib/dapberry/history: written every 10 min, 2 MiB a day as the last days did, at most 2 GiB, which keeps 1024 days',
    );
    await machine.tree.write(USUAL, `history: off\n${roof}`);
    expect(await history()).toBe('none: past rows are only in memory');
    const file = join(machine.tree.root, USUAL);
    await machine.tree.write(USUAL, roof);
    // The service's folder is for its own configuration.
    expect(historyIn((await machine.dapberry('check', '--config', file)).out)).toBe(
      'none: past rows are only in memory',
    );
  });

  it('refuses a folder for the history where a file is in the way', async () => {
    const content = 'history: {path: /mnt/usb/rows}\ndatasets:\n  roof: {sensors: [{kind: host-load}]}\n';
    machine = await machineWith({ [USUAL]: content, '/mnt/usb': 'a file' });
    const { code, out, err } = await machine.dapberry('check');
    expect(historyIn(out)).toBe('in /mnt/usb/rows: expected a folder at /mnt/usb, found a file');
    expect(err).toBe(
      'history.path /mnt/usb/rows: expected a folder at /mnt/usb, found a file; move it away, or set history.path\n',
    );
    expect(code).toBe(2);
  });

  it('tells that a disk has no room for what is to be kept', async () => {
    const content =
      'history: {path: /mnt/usb, size: 1 TiB}\ndatasets:\n  roof: {sensors: [{kind: host-load}]}\n';
    machine = await machineWith(
      { [USUAL]: content, '/mnt/usb/roof/2026/11/2026-11-27.parquet': day },
      { freeSpace: async () => 100 * 1024 ** 2 },
    );
    expect(historyIn((await machine.dapberry('check')).out)).toBe(
      'in /mnt/usb: written every 10 min, 2 MiB a day as the last days did, kept for 5 y, which takes 3.57 GiB. The disk has room for 50 days only',
    );
  });

  it('tells of rows that each reader has for itself, of one address, and of a simulation', async () => {
    machine = await machineWith({
      [USUAL]:
        'server: {host: "::1", port: 80}\nsimulate: true\ndatasets:\n  fast:\n    interval: 0\n    sensors: [{kind: thermal, channels: {temperature: {warn: {above: 70}, alarm: {below: 5, above: 80}}}}]\n',
    });
    const { out } = await machine.dapberry('check');
    expect(out).toMatchInlineSnapshot(`
      "configuration  /etc/dapberry/config.yaml: valid
      live page      http://[::1]:80/
      simulated      everything, with the seed 2013
      streams        at most 2000, and 200 per address

      dataset fast
        title     fast
        address   http://[::1]:80/fast, and http://[::1]:80/ itself: the first
                  dataset
        interval  0: each client gets rows of its own, as fast as it reads
        log       none
        sensors   thermal
        columns of the Sequence sensor
          time         Float64  seconds since 1970-01-01T00:00:00Z
          temperature  Float64  degree_Celsius                      of thermal, warn above 70, alarm
                                                                    below 5 or above 80
      "
    `);
  });

  it('tells where the rows of another server come from, and that their credentials cannot be read', async () => {
    const source = '{dap2: "http://attic.local:8080/attic", credentials: /nowhere/attic, past: 2 h}';
    machine = await machineWith({ [USUAL]: `history: off\ndatasets:\n  attic:\n    source: ${source}\n` });
    const { code, out, err } = await machine.dapberry('check');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`
  interval     none: rows come when their sender has some
  log          at most the last 1 d, 2073600 rows or 32 MiB
  history      none: past rows are only in memory
  source       the rows of http://attic.local:8080/attic
  credentials  of /nowhere/attic
  begins       with the rows of the last 2 h, while none is stored
  columns: those of its source, which this command does not ask
`);
    expect(out).toContain(
      'dataset attic: credentials /nowhere/attic: expected the path of a file that the server can read, found none',
    );
  });

  it('tells that a recording cannot be replayed', async () => {
    const sensors = ['columns: [a]', 'columns: [temperature], name: there'].map(
      (columns, index) =>
        `{kind: replay, file: ${['/nowhere/a.csv', 'docs/recording.csv'][index]}, ${columns}}`,
    );
    machine = await machineWith({
      [USUAL]: `history: off\ndatasets:\n  tape: {sensors: [${sensors.join(', ')}]}\n`,
    });
    const { code, out, err } = await machine.dapberry('check');
    expect([code, err]).toEqual([0, '']);
    expect(out.match(/^dataset tape: .*$/gm)).toEqual([
      'dataset tape: sensor replay: /nowhere/a.csv: expected a recording, found no such file',
    ]);
  });

  it('tells all that is wrong by line and column, on standard error, and gives 2', async () => {
    machine = await machineWith({
      [USUAL]: 'server:\n  prot: 80\ndatasets:\n  a:\n    sensors: [{kind: termal}]\n',
    });
    const { code, out, err } = await machine.dapberry('check');
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toEqual([
      expect.stringMatching(
        /^\/etc\/dapberry\/config\.yaml:2:3: server\.prot: expected .*, found "prot"; did you mean "port"\?$/,
      ),
      expect.stringMatching(
        /^\/etc\/dapberry\/config\.yaml:5:22: datasets\.a\.sensors\[0\]\.kind: expected .* found "termal"; did you mean "thermal"\?$/,
      ),
      'dapberry: 2 mistakes in the configuration',
      '',
    ]);
  });

  it('tells the addresses that the command line asks for, or the service is started with', async () => {
    const run = async (program: string, args: readonly string[]) =>
      program === 'systemctl' && args.includes('--property=ExecStart')
        ? 'ExecStart={ path=/usr/local/bin/dapberry ; argv[]=/usr/local/bin/dapberry serve --port 80 ; ignore_errors=no ; pid=0 }\n'
        : undefined;
    machine = await machineWith(
      { [USUAL]: 'server: {port: 8081}\n', '/etc/other.yaml': 'server: {port: 8082}\n' },
      { run },
    );
    const pageOf = async (...args: string[]) => {
      const { out, err } = await machine!.dapberry('check', ...args);
      return /^live page +(.*)$/m.exec(out)?.[1] ?? err;
    };
    expect(await pageOf()).toBe('http://localhost:80/ http://192.0.2.17:80/ (with --port 80)');
    expect(await pageOf('--port', '9000', '--host', '::1')).toBe(
      'http://[::1]:9000/ (with --host ::1 --port 9000)',
    );
    expect(await pageOf('--config', join(machine.tree.root, 'etc/other.yaml'))).toBe(
      'http://localhost:8082/ http://192.0.2.17:8082/',
    );
    expect(await pageOf('--host', '192.168.1.300')).toBe(
      'dapberry: --host: expected an address of this machine, such as 127.0.0.1, 192.168.1.10 or ::1, or its name, found "192.168.1.300"; an IPv4 address has four numbers from 0 to 255\n',
    );
  });

  it('tells the addresses of a machine that has IPv6 alone', async () => {
    machine = await machineWith({}, { addresses: ['2001:db8::17'] });
    expect((await machine.dapberry('check')).out).toContain(
      'http://localhost:8080/ http://[2001:db8::17]:8080/',
    );
  });

  it.each([
    ['192.168.1.300', 'an IPv4 address has four numbers from 0 to 255'],
    ['192.168.1', 'an IPv4 address has four numbers from 0 to 255'],
    ['192.168.1.0/24', 'give one address instead of a network'],
    ['http://pi', 'remove http://'],
    ['pi:8080', 'set the port with the option port'],
    ['"[::1]"', 'remove the brackets'],
    ['"*"', 'leave host out to listen on every address'],
    ['"::g"', ''],
    ['my_pi', 'a host name must not contain _'],
    ['"pi "', 'remove the invisible characters'],
    ['pi..local', ''],
    ['"fe80::1"', 'add the interface: fe80::1%eth0'],
    ['224.0.0.1', 'it is a multicast or reserved address'],
    ['255.255.255.255', 'it is a multicast or reserved address'],
    ['"ff02::1"', 'it is a multicast or reserved address'],
  ])('refuses an address that the server could not listen on: %s', async (host, hint) => {
    machine = await machineWith({ [USUAL]: `server:\n  port: 80\n  host: ${host}\n` });
    const { code, err } = await machine.dapberry('check');
    expect(code).toBe(2);
    expect(err).toMatch(
      /^\/etc\/dapberry\/config\.yaml:3:9: server\.host: expected an address of this machine/,
    );
    expect(err).toContain(hint);
  });

  it.each(['127.0.0.1', '"::"', '"fe80::1%eth0"', 'localhost', 'raspberrypi.local', 'pi4', '0.0.0.0'])(
    'takes %s as an address to listen on',
    async host => {
      machine = await machineWith({ [USUAL]: `server: {host: ${host}}\n` });
      expect((await machine.dapberry('check')).code).toBe(0);
    },
  );

  it('tells of files in config.d that it does not read, and reads those with large letters', async () => {
    machine = await machineWith({
      [USUAL]: 'server: {}\n',
      ...Object.fromEntries(
        ['a.YAML', 'b.Yml', 'c.yaml.txt', 'd.yaml~', '.e.yaml', 'f.yaml.bak', '#g.yaml#', 'README.md'].map(
          name => [`/etc/dapberry/config.d/${name}`, 'sensors: [{kind: host-load}]\n'],
        ),
      ),
    });
    const { code, out } = await machine.dapberry('check');
    expect(code).toBe(0);
    expect(out).toMatch(/^dataset a$/m);
    expect(out).toMatch(/^dataset b$/m);
    expect(out.split('\n').filter(line => line.includes('is not read'))).toEqual([
      '/etc/dapberry/config.d/#g.yaml# is not read: it is a copy by an editor or a package manager',
      '/etc/dapberry/config.d/.e.yaml is not read: its name begins with a dot',
      '/etc/dapberry/config.d/c.yaml.txt is not read: its name does not end in .yaml or .yml',
      '/etc/dapberry/config.d/d.yaml~ is not read: it is a copy by an editor or a package manager',
      '/etc/dapberry/config.d/f.yaml.bak is not read: it is a copy by an editor or a package manager',
    ]);
  });

  it.each([
    [
      'datasets:\n  shed:\n    sensors: [{kind: host-load}]\n',
      'found "datasets"; remove "datasets:" and "shed:", and indent the rest less: the whole file is the dataset garden (rename it to shed.yaml for that name)',
    ],
    [
      'datasets:\n  garden: {sensors: []}\n',
      'remove "datasets:" and "garden:", and indent the rest less: the whole file is the dataset garden\n',
    ],
    [
      'datasets: {a: 1, b: 2}\n',
      'put the keys of each dataset into a file of its own, without "datasets:" and its name',
    ],
    ['server: {port: 80}\nsensors: [{kind: host-load}]\n', 'found "server"; put "server" into config.yaml'],
  ])('tells once what to do about a whole configuration in config.d: %j', async (text, told) => {
    machine = await machineWith({ '/etc/dapberry/config.d/garden.yaml': text });
    const { code, err } = await machine.dapberry('check');
    expect(code).toBe(2);
    expect(err).toMatch(
      /^\/etc\/dapberry\/config\.d\/garden\.yaml:1:1: \w+: expected the keys of one dataset/,
    );
    expect(err).toContain(told);
    expect(err).toContain('dapberry: 1 mistake in the configuration');
  });
});
