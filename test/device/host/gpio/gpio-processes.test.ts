import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../device/host/clock.ts';
import { exportFolders } from '../../../../device/host/gpio/export-folders.ts';
import { exportNotes } from '../../../../device/host/gpio/export-notes.ts';
import { sysfsGpio } from '../../../../device/host/gpio/gpio-sysfs.ts';
import { BASE, FakeSysfs, text } from './fake-sysfs.ts';
import { NotesFolder, ownStart } from './notes-folder.ts';

const DIST = resolve(import.meta.dirname, '../../../../build/device');

/** A user that may not look into processes of other users. */
const NOBODY = 65534;

let kernel: FakeSysfs;
/** The folder of the service's notes. */
let service: NotesFolder;
const children: ChildProcess[] = [];

beforeEach(() => {
  kernel = new FakeSysfs();
  service = new NotesFolder();
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  kernel.dispose();
  service.dispose();
});

/** A program of its own, which has `lines` as the service has them, with onoff's class on the files of the test. */
function start(program: string, uid = process.getuid!()) {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `
      import { accessSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
      import { setTimeout as pass } from 'node:timers/promises';
      import { exportFolders } from '${DIST}/host/gpio/export-folders.js';
      import { exportNotes } from '${DIST}/host/gpio/export-notes.js';
      import { sysfsGpio } from '${DIST}/host/gpio/gpio-sysfs.js';
      import { systemClock } from '${DIST}/host/clock.js';
      const root = ${JSON.stringify(kernel.root)};
      const told = file => readFileSync(root + '/' + file, 'utf8');
      class Gpio {
        constructor(line, direction) {
          this.line = line;
          this.folder = root + '/gpio' + line + '/';
          writeFileSync(this.folder + 'direction', direction === 'in' ? 'in' : 'out');
          if (direction !== 'in') writeFileSync(this.folder + 'value', direction === 'high' ? '1' : '0');
        }
        direction() { return told('gpio' + this.line + '/direction').trim(); }
        edge() { return 'none'; }
        writeSync(level) { writeFileSync(this.folder + 'value', String(level)); }
        unexport() { writeFileSync(root + '/unexport', String(this.line)); }
      }
      const lines = sysfsGpio({
        clock: systemClock,
        root,
        load: async () => ({ Gpio }),
        reach: async file => {
          while (told('export') + told('unexport') !== '') await pass(5);
          accessSync(file);
        },
        notes: exportNotes({ folders: exportFolders({
          environment: {},
          ofService: ${JSON.stringify(service.path)},
          temporary: ${JSON.stringify(join(kernel.root, 'tmp'))},
        }) }),
      });
      const say = sentence => writeSync(1, sentence + '\\n');
      ${program}
      `,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], uid, gid: uid },
  );
  children.push(child);
  return child;
}

/** What a program says until it ends. */
async function sentence(program: string, uid?: number): Promise<string> {
  const child = start(program, uid);
  return (await textOf(child.stdout!)).trim();
}

/** A program that has opened lines, and goes on until it is killed. */
async function holding(opening: string, uid?: number): Promise<ChildProcess> {
  const child = start(`${opening}; setInterval(() => {}, 1000); say('has them');`, uid);
  await once(child.stdout!, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
}

const DRIVE = `await lines.output(17, 0).then(line => { line.write(1); line.close(); say('driven'); }, error => say(error.message));`;

/** Only root can start programs of another user, which some tests do. */
const isRoot = process.getuid!() === 0;

describe.skipIf(!isRoot)(
  `a pin that another user's program has${isRoot ? '' : ' (only root can start programs of other users)'}`,
  () => {
    it('is not driven by a dapberry to which that program is hidden, and stays as it is', async () => {
      kernel.exportPin(17, { direction: 'out', value: 0 });
      const held = openSync(kernel.at(17, 'value'), 'r');
      expect(await sentence(DRIVE, NOBODY)).toMatch(
        /^GPIO17 is in use: line 586 was exported by another program, which uses it or has left it so, /,
      );
      closeSync(held);
      expect(['direction', 'value'].map(file => text(kernel.at(17, file)))).toEqual(['out', '0']);
      expect(kernel.exported).toEqual([`gpio${BASE + 17}`]);
    });

    it("is known to be the service's by the note that all may read", async () => {
      kernel.exportPin(17, { direction: 'out', value: 0 });
      service.note(17, process.pid, { start: ownStart(), incarnation: kernel.incarnation(17) });
      const message = `GPIO17 is in use by dapberry (process ${process.pid}), which has exported it`;
      expect(await sentence(DRIVE, NOBODY)).toContain(message);
      expect(text(kernel.at(17, 'value'))).toBe('0');
    });

    it('is taken over from a service that was killed', async () => {
      await kill(await holding('await lines.output(17, 1)'));
      mkdirSync(join(kernel.root, 'tmp'));
      chmodSync(join(kernel.root, 'tmp'), 0o1777);
      expect(await sentence(DRIVE, NOBODY)).toBe('driven');
      expect(kernel.asked).toEqual([BASE + 17, BASE + 17]);
      // The service's note is its own to remove, and means nothing any more.
      kernel.exportPin(17);
      await expect(gpio().output(17, 0)).rejects.toThrow('another program');
    });

    it('is noted in the folder of the service if this user owns it', async () => {
      chownSync(service.path, NOBODY, NOBODY);
      const child = await holding('await lines.output(17, 1)', NOBODY);
      expect(service.notes).toHaveLength(1);
      await expect(gpio().output(17, 0)).rejects.toThrow(
        `GPIO17 is in use by dapberry (process ${child.pid})`,
      );
    });
  },
);

const gpio = () =>
  sysfsGpio({
    clock: systemClock,
    root: kernel.root,
    load: async () => kernel.onoff,
    reach: kernel.reach,
    notes: exportNotes({
      folders: exportFolders({
        environment: { RUNTIME_DIRECTORY: service.path },
        temporary: join(kernel.root, 'tmp'),
      }),
    }),
  });

it('pins that a dapberry had when it was killed are taken over by the next one', async () => {
  const killed = await holding('await lines.output(17, 1); await lines.output(18, 1); await lines.input(23)');
  expect(service.notes).toHaveLength(3);
  await expect(gpio().output(17, 0)).rejects.toThrow(`in use by dapberry (process ${killed.pid})`);
  await kill(killed);
  expect(kernel.exported).toHaveLength(3);
  const next = gpio();
  const opened = [await next.output(17, 0), await next.output(18, 0), await next.input(23)];
  expect(text(kernel.at(17, 'value'))).toBe('0');
  for (const line of opened) line.close();
  expect([kernel.exported, service.notes]).toEqual([[], []]);
});
