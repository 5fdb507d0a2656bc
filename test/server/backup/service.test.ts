import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeBackup } from '../../../server/backup/backup.ts';
import { gather } from '../../../server/backup/gather.ts';
import { type Machine, thisMachine } from '../../../server/machine/machine.ts';
import { kernelTree } from '../../device/sensors/kernel-tree.ts';
import { SERVICE } from '../cli/commands/machines.ts';
import { home, restoreTo, temporary, treeOf, write } from './backups.ts';

const UNIT = 'dapberry.service.d/port.conf';

/** A backup of a home with a drop-in of the service. */
async function archived(): Promise<string> {
  const { folder, file } = home({ access: true });
  const units = join(folder, 'units');
  write(join(units, UNIT), '[Service]\nNice=5\n');
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

describe.skipIf(process.getuid?.() !== 0)('a restoration by root for the installed service', () => {
  it('gives files to root and the group of the service, and restores drop-ins', async () => {
    const archive = await archived();
    const target = temporary();
    const main = join(target, 'config.yaml');
    const units = join(target, 'units');
    const tree = await kernelTree({
      '/etc/passwd': 'root:x:0:0::/:/bin/sh\ndapberry:x:990:991::/:/bin/sh\n',
      '/etc/group': 'dapberry:x:991:\n',
    });
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
    expect(asked).toContain('systemctl daemon-reload');
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
