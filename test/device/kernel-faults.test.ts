import { describe, expect, it } from 'vitest';
import type { SensorKind } from '../../device/kind.ts';
import { fileTree } from '../../device/models/file-tree.ts';
import { FakeClock } from './fake-clock.ts';
import { column, take } from './fake-sensors.ts';
import { FaultyFiles, FILE_FAULTS, type FileFault } from './faults/faulty-files.ts';
import { KERNEL_MACHINES, type KernelMachine, type Texts } from './faults/kernel-machines.ts';
import { kindsThatNeed } from './faults/kinds.ts';
import { expectToOutlast, streaming } from './faults/outage.ts';
import { hostOf } from './known-sensors.ts';
import { opensOn } from './sensors/opens.ts';

const KINDS = kindsThatNeed('kernel-files', 'iio');

/** Rows of the sensor, from files that the test may change or break. */
async function streamOn(kind: SensorKind, machine: KernelMachine, concerned = [machine.file]) {
  const clock = new FakeClock();
  const texts = machine.texts(clock);
  const files = new FaultyFiles(fileTree(texts), path => concerned.some(place => path.startsWith(place)));
  const { openReopening } = opensOn(hostOf({ files, clock }));
  const sensor = await openReopening(kind, machine.written);
  const { isRight, channel = 0 } = machine;
  return { stream: await streaming(sensor, clock), clock, texts, files, isRight, channel };
}

/** Lets two folders change places. */
function swap(texts: Texts, first: string, second: string): void {
  const moved = Object.entries(texts).map(([path, text]) => {
    const other = path.startsWith(`${first}/`)
      ? path.replace(first, second)
      : path.replace(`${second}/`, `${first}/`);
    return [other, text] as const;
  });
  for (const path of Object.keys(texts)) delete texts[path];
  Object.assign(texts, Object.fromEntries(moved));
}

it('there is a machine for every kind that reads files of the kernel', () => {
  expect(KINDS.map(([name]) => name).sort()).toEqual(Object.keys(KERNEL_MACHINES).sort());
});

describe.each(KINDS)('a stream with a sensor of the kind %s', (name, kind) => {
  const machine = KERNEL_MACHINES[name]!;
  const place = machine.file.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

  it.each(Object.keys(FILE_FAULTS) as FileFault[])(
    'outlasts a file that fails (%s): NaN, the reason, and values again',
    async fault => {
      const { stream, files, isRight, channel } = await streamOn(kind, machine);
      await expectToOutlast(stream, {
        break: () => files.fail(fault),
        mend: () => files.mend(),
        isRight,
        channel,
        reason: new RegExp(FILE_FAULTS[fault]),
      });
      // The error of a read that hangs names no file, since any file may hang; every other error names its file.
      const [failing] = stream.events;
      if (fault !== 'hang' && fault !== 'vanished') {
        expect(failing).toMatchObject({ error: expect.stringMatching(place) });
      }
    },
  );

  it.each(machine.impossible)('gives no value where a file says %j', async text => {
    const { stream, files, isRight, channel } = await streamOn(kind, machine);
    await expectToOutlast(stream, {
      break: () => files.fail({ text }),
      mend: () => files.mend(),
      isRight,
      channel,
      reason: new RegExp(`${place}: expected`),
    });
  });

  const { numbered } = machine;
  if (numbered === undefined) return;
  const [own, other] = numbered;

  it('finds its device by name when that has gone and is back under another number', async () => {
    const { stream, texts, isRight } = await streamOn(kind, machine);
    const taken = { ...texts };
    await expectToOutlast(stream, {
      break: () => {
        for (const path of Object.keys(texts)) if (path.startsWith(`${own}/`)) delete texts[path];
      },
      mend: () => {
        Object.assign(texts, taken);
        swap(texts, own, other);
      },
      isRight,
      reason: /expected|ENOENT/,
    });
  });

  it('takes no value of another device that has its number from one row to the next', async () => {
    const { stream, texts, isRight } = await streamOn(kind, machine);
    await take(stream.rows, 3);
    swap(texts, own, other);
    const after = column(await take(stream.rows, 10), 1);
    expect(after.filter(value => !Number.isNaN(value) && !isRight(value))).toEqual([]);
    expect(after.at(-1)).toSatisfy(isRight);
    expect(stream.events.map(event => event.kind)).toEqual(['sensor-failing', 'sensor-back']);
    await stream.device.close();
  });

  it('outlasts a whole device that hangs, from its name on', async () => {
    const { stream, files, isRight } = await streamOn(kind, machine, [`${own}/`]);
    await expectToOutlast(stream, {
      break: () => files.fail('hang'),
      mend: () => files.mend(),
      isRight,
      reason: /no answer within/,
    });
  });
});
