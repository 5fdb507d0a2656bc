import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeBackup } from '../../../server/backup/backup.ts';
import { gather } from '../../../server/backup/gather.ts';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import { type Machine, thisMachine } from '../../../server/machine/machine.ts';
import { kernelTree } from '../../device/sensors/kernel-tree.ts';
import { machineWith, SERVICE } from '../cli/commands/machines.ts';
import { historyTree } from '../history/stores.ts';
import { written } from '../importing/imports.ts';
import { backUp, home, restoreTo, temporary, treeOf, write } from './backups.ts';

const UNIT = 'dapberry.service.d/port.conf';
/** Of an instance, whose name the administrator has chosen. */
const INSTANCE = 'dapberry-pull@Roof_2.service.d/override.conf';

/** A backup of a home with a drop-in of the service. */
async function archived(): Promise<string> {
  const { folder, file } = home({ access: true });
  const units = join(folder, 'units');
  write(join(units, UNIT), '[Service]\nNice=5\n');
  write(join(units, INSTANCE), '[Service]\nNice=6\n');
  write(join(units, 'ssh.service.d/evil.conf'), '[Service]\n');
  const options = { file, hasCredentials: true, states: [], units };
  const archive = join(temporary(), 'x.tar.gz');
  await writeBackup({
    file: archive,
    isForced: false,
    gathered: await gather(thisMachine(), options),
    hasCredentials: true,
    history: undefined,
    signal: new AbortController().signal,
    onRemark: () => undefined,
    onHistory: () => undefined,
  });
  return archive;
}

const ACCOUNTS = {
  '/etc/passwd': 'root:x:0:0::/:/bin/sh\ndapberry:x:990:991::/:/bin/sh\n',
  '/etc/group': 'dapberry:x:991:\n',
};

/** What systemd says of a service with these options on its command line. */
const serviceWith = (options: string) =>
  `${SERVICE}ExecStart={ path=/usr/bin/dapberry ; argv[]=/usr/bin/dapberry serve ${options} ; ignore_errors=no }\n`;

/** A backup of a configuration and of the rows of its dataset `roof`. */
async function archivedRows(text: string): Promise<string> {
  const file = join(temporary(), 'config.yaml');
  write(file, `${text}datasets: { roof: { sensors: [{ kind: tmp36-simulated }] } }\n`);
  const { archive } = await backUp(file, '--history', (await written(0)).path);
  return archive;
}

describe('a service with --history on its command line', () => {
  /** A machine with such a service, whose configuration names no folder. */
  const machineOf = (rows: string) =>
    machineWith(
      { '/etc/dapberry/config.yaml': 'datasets: { roof: { sensors: [{ kind: tmp36-simulated }] } }\n' },
      { run: async (_program, args) => (args[0] === 'show' ? serviceWith(`--history ${rows}`) : undefined) },
    );

  it('has the rows of that folder in its backup', async () => {
    const machine = await machineOf((await written(0)).path);
    const { out } = await machine.dapberry('backup', join(temporary(), 'x.tar.gz'), '--with-history');
    expect(out).toContain('1 file of the history');
    await machine.tree.dispose();
  });

  it('gets imported rows into that folder', async () => {
    const { path } = historyTree();
    const machine = await machineOf(path);
    const file = join(temporary(), 'roof.csv');
    write(file, 'time,temperature\n2026-11-28T00:00:00Z,21.5\n');
    expect(await machine.dapberry('import', file)).toMatchObject({ code: 0, err: '' });
    expect(Object.keys(treeOf(path))).toContain('roof/2026/11/2026-11-28.parquet');
    await machine.tree.dispose();
  });
});

describe.skipIf(process.getuid?.() !== 0)('a restoration by root for the installed service', () => {
  it('gives files to root and the group of the service, and restores drop-ins', async () => {
    const archive = await archived();
    const target = temporary();
    const main = join(target, 'config.yaml');
    const units = join(target, 'units');
    const tree = await kernelTree(ACCOUNTS);
    const asked: string[] = [];
    const parts: Partial<Machine> = {
      files: tree.files,
      configuration: { usual: main, environment: {} },
      run: async (program, args) => {
        asked.push([program, ...args].join(' '));
        return args[0] === 'show' ? SERVICE : '';
      },
    };
    const { code, printed } = await restoreTo(archive, '', { file: undefined, units }, parts);
    expect(printed).toContain('drop-ins of units take effect at the next start');
    expect(code).toBe(0);
    const ownerOf = (name: string) => {
      const { uid, gid, mode } = statSync(join(target, name));
      return `${uid} ${gid} ${(mode & 0o777).toString(8)}`;
    };
    expect(ownerOf('config.yaml')).toBe('0 991 644');
    expect(ownerOf('drivers/far.js')).toBe('0 991 644');
    expect(ownerOf('credentials/users')).toBe('0 991 640');
    expect(readFileSync(join(units, UNIT), 'utf8')).toBe('[Service]\nNice=5\n');
    expect(readFileSync(join(units, INSTANCE), 'utf8')).toBe('[Service]\nNice=6\n');
    expect(asked).toContain('systemctl daemon-reload');
    await tree.dispose();
  });

  it('puts the rows where the command line of the service has them', async () => {
    const archive = await archivedRows('');
    const main = join(temporary(), 'config.yaml');
    const rows = join(temporary(), 'rows');
    const tree = await kernelTree(ACCOUNTS);
    const { printed } = await restoreTo(
      archive,
      '',
      { file: undefined, isAgreed: false, ask: async () => 'x' },
      {
        files: tree.files,
        configuration: { usual: main, environment: {} },
        run: async (_program, args) => (args[0] === 'show' ? serviceWith(`--history ${rows}`) : ''),
      },
    );
    expect(printed).toContain(` into ${rows}; days that are there too are merged row by row`);
    await tree.dispose();
  });

  it('asks the service that it has stopped for the rows at the port of its command line', async () => {
    const { path } = historyTree();
    const archive = await archivedRows(`history: { path: ${path} }\n`);
    const main = join(temporary(), 'config.yaml');
    const tree = await kernelTree(ACCOUNTS);
    const held = await HistoryFolder.open(path);
    let { pid } = process;
    const asked = new Set<number>();
    const parts: Partial<Machine> = {
      files: tree.files,
      configuration: { usual: main, environment: {} },
      run: async (_program, args) => {
        if (args[0] === 'stop') {
          await held.close();
          pid = 0;
        }
        if (args.includes('--property=MainPID')) return `MainPID=${pid}\n`;
        return args[0] === 'show' ? serviceWith('--port 80') : '';
      },
      serverAt: async port => {
        asked.add(port);
        const since = Date.now() / 1000;
        const configuration = { files: [main], since, problems: [], failed: [], inUse: 'current' as const };
        return { name: 'dapberry/0.1.0', datasets: [], configuration };
      },
    };
    const { code, printed } = await restoreTo(archive, '', { file: undefined }, parts);
    expect(code).toBe(0);
    expect(printed).toContain('the service stops until the history is restored\n');
    expect([...asked]).toEqual([80]);
    await tree.dispose();
  });

  it('elsewhere leaves drop-ins out, and gives files to the owner of the folder', async () => {
    const archive = await archived();
    const target = temporary();
    const { printed } = await restoreTo(archive, join(target, 'config.yaml'), {
      units: join(target, 'units'),
    });
    expect(printed).toContain(`${UNIT} is not restored: expected root and an installed service`);
    expect(Object.keys(treeOf(target)).some(name => name.startsWith('units/'))).toBe(false);
  });
});
