import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive, thisProcess } from '../../../device/host/process-life.ts';

const MODULE = resolve(import.meta.dirname, '../../../build/device/host/process-life.js');
const NOBODY = 65534;
const isRoot = process.geteuid!() === 0;

describe('a process', () => {
  it('lives while it has its number and its start', () => {
    const self = thisProcess();
    expect(self.start).toMatch(/^\d+$/);
    expect(isAlive(self)).toBe(true);
    expect(isAlive({ ...self, start: undefined })).toBe(true);
  });

  it('is dead if its number belongs to a process with another start time', () => {
    expect(isAlive({ ...thisProcess(), start: '1' })).toBe(false);
  });

  it('is dead if no process has its number', () => {
    expect(isAlive({ pid: spawnSync('true').pid, start: undefined, uid: 0 })).toBe(false);
  });

  it('is dead as a zombie', async () => {
    // The shell never waits for its child: exec replaces it by a program that does not know of the child.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [text] = await once(parent.stdout, 'data');
    const pid = Number(String(text));
    await expect.poll(() => isAlive({ pid, start: undefined, uid: 0 })).toBe(false);
    expect(process.kill(pid, 0)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });
});

describe.skipIf(!isRoot)(
  `a process of another user${isRoot ? '' : ' (only root can start programs of other users)'}`,
  () => {
    it("is alive although it cannot be signalled, unless it was this user's", () => {
      const { pid, start } = thisProcess();
      const asked = [
        { pid, start, uid: 0 },
        { pid, start: '1', uid: 0 },
        { pid, start, uid: NOBODY },
      ];
      const { stdout } = spawnSync(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `import { isAlive } from ${JSON.stringify(MODULE)};
          const asked = ${JSON.stringify(asked)};
          const hidden = asked.map(process => isAlive(process, '/proc/self/nowhere'));
          console.log(JSON.stringify([asked.map(process => isAlive(process)), hidden]));`,
        ],
        { uid: NOBODY, gid: NOBODY, encoding: 'utf8' },
      );
      expect(JSON.parse(stdout)).toEqual([
        [true, false, false],
        // Where its start cannot be read, its number has to do.
        [true, true, false],
      ]);
    });
  },
);
