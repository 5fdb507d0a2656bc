// What files of the kernel say to the sensors that read them: a number, or no value and a reason.

import type { ReadContext } from '../../../device/host/read-context.ts';
import { SENSOR_KINDS } from '../../../device/index.ts';
import { fileTree } from '../../../device/models/file-tree.ts';
import { partsOf } from '../../../device/sensor.ts';
import { setUpSensor } from '../../../device/setup/column-setup.ts';
import { sensorOpener } from '../../../device/setup/sensor-opener.ts';
import { FakeClock } from '../../device/fake-clock.ts';
import { KERNEL_MACHINES } from '../../device/faults/kernel-machines.ts';
import { hostOf } from '../../device/known-sensors.ts';
import { bytesOfText, type Target, textOfBytes } from '../target.ts';

const context: ReadContext = { signal: new AbortController().signal } as ReadContext;

export const kernelFiles: Target = {
  name: 'kernel-files',
  slowness: 10,
  seeds: () =>
    Object.values(KERNEL_MACHINES).map(({ texts, file }) => bytesOfText(texts(new FakeClock())[file]!())),
  async run(bytes) {
    for (const kind of SENSOR_KINDS) {
      const machine = KERNEL_MACHINES[kind.name];
      if (machine === undefined) continue;
      const clock = new FakeClock();
      const texts = machine.texts(clock);
      texts[machine.file] = () => textOfBytes(bytes);
      const setup = setUpSensor(kind, kind.options.parse(machine.written ?? {}));
      try {
        const sensor = await sensorOpener(setup, hostOf({ files: fileTree(texts), clock }), false)();
        const { values } = partsOf(await sensor.read(context));
        await sensor.close();
        if (
          Array.from(values).some(
            value => typeof value !== 'number' || Math.abs(value) === Number.POSITIVE_INFINITY,
          )
        )
          throw new TypeError(`${kind.name}: expected numbers, found ${Array.from(values)}`);
      } catch (error) {
        // A mistake of the program, and no sentence about the file.
        if (error instanceof TypeError || !/expected .+ found|cannot|has no/s.test((error as Error).message))
          throw error;
      }
    }
  },
};
