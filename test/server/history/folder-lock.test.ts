import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import { COMMAND } from './server-process.ts';
import { canMount, historyTree, MIDNIGHT, rowsFrom, secondsIn } from './stores.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('the lock of a history', () => {
  it.runIf(canMount)(
    'that cannot be removed from a read-only disk does not keep its own server away',
    async () => {
      const tree = historyTree();
      tree.mount(tree.path);
      const before = await HistoryFolder.open(tree.path);
      const store = await tree.open({ folder: before });
      store.append(rowsFrom(MIDNIGHT, 10));
      await store.close();
      execFileSync('mount', ['-o', 'remount,ro', tree.path]);
      // Its lock cannot be removed.
      await before.close();
      const after = await HistoryFolder.open(tree.path);
      const reopened = await tree.open({ folder: after });
      expect(await secondsIn(reopened)).toEqual(range(0, 10));
      execFileSync('mount', ['-o', 'remount,rw', tree.path]);
      reopened.append(rowsFrom(MIDNIGHT + 10, 10));
      await reopened.close();
      await expect(HistoryFolder.open(tree.path)).rejects.toThrow('keeps its history there');
      await after.close();
      expect(await secondsIn(await tree.open())).toEqual(range(0, 20));
    },
  );

  it.runIf(canMount)('that does not fit on a full disk leaves no file behind', async () => {
    const tree = historyTree();
    tree.mount(tree.path, 'size=64k');
    const full = join(tree.path, 'full');
    writeFileSync(full, new Uint8Array(64 * 1024));
    for (const _ of [0, 1, 2]) await expect(HistoryFolder.open(tree.path)).rejects.toThrow('ENOSPC');
    expect(readdirSync(tree.path)).toEqual(['full']);
    // As a power cut leaves it.
    writeFileSync(join(tree.path, '.dapberry.lock'), '');
    await expect(HistoryFolder.open(tree.path)).rejects.toThrow('ENOSPC');
    expect(readdirSync(tree.path).sort()).toEqual(['.dapberry.lock', 'full']);
    rmSync(full);
    await (await HistoryFolder.open(tree.path)).close();
    expect(readdirSync(tree.path)).toEqual([]);
  });

  it.runIf(canMount)(
    'of a process that /proc hides, as the unit of the service has it, is not taken over',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'dapberry-hidden-test-'));
      const history = join(folder, 'history');
      mkdirSync(history);
      for (const path of [folder, history]) chmodSync(path, 0o777);
      const rows = join(folder, 'roof.csv');
      writeFileSync(rows, 'time,value\n2026-11-28T00:00:00Z,1\n');
      const importing = await HistoryFolder.open(history, undefined, 'dapberry import');
      const hide = 'mount --make-rprivate / && mount -t proc -o hidepid=2 proc /proc && exec "$@"';
      const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];
      const command = [...asNobody, COMMAND, 'import', rows, '--dataset', 'roof', '--history', history];
      const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', hide, 'sh', ...command], {
        encoding: 'utf8',
      });
      expect(stderr).toContain(`dapberry import (process ${process.pid} on `);
      expect(status).toBe(1);
      await importing.check();
      await importing.close();
      rmSync(folder, { recursive: true });
    },
  );

  it('is made anew once, when two datasets find at the same time that the folder was deleted', async () => {
    const tree = historyTree();
    const folder = await HistoryFolder.open(tree.path);
    rmSync(tree.path, { recursive: true });
    await Promise.all([folder.check(), folder.check(), folder.check()]);
    expect(readdirSync(tree.path)).toEqual(['.dapberry.lock']);
    await expect(HistoryFolder.open(tree.path)).rejects.toThrow('keeps its history there');
    await folder.close();
  });
});
