import { describe, expect, it } from 'vitest';
import type { GpioInput, GpioOutput, Level } from '../../../device/buses/gpio.ts';
import { type GpioBackend, gpioLines } from '../../../device/buses/gpio-lines.ts';
import { SimulatedGpio } from '../../../device/buses/gpio-simulated.ts';

/** A way to the lines that says which it is by the names of its lines. */
function backend(name: string, { lacks, pulls = false }: { lacks?: string; pulls?: boolean } = {}) {
  const input = async (): Promise<GpioInput> => ({ place: name, read: () => 0, close: () => {} });
  const output = async (): Promise<GpioOutput> => ({ place: name, write: () => {}, close: () => {} });
  const way: GpioBackend = { lacks: async () => lacks, pulls, input, output };
  return way;
}

describe('the lines of a machine', () => {
  it('are those of onoff where there is sysfs GPIO', async () => {
    const lines = gpioLines([backend('onoff'), backend('device', { pulls: true })]);
    expect((await lines.input(17)).place).toBe('onoff');
    expect((await lines.output(18, 1)).place).toBe('onoff');
  });

  it('are those of the character device where there is none', async () => {
    const lines = gpioLines([backend('onoff', { lacks: 'no sysfs' }), backend('device', { pulls: true })]);
    expect((await lines.input(17)).place).toBe('device');
    expect((await lines.output(18, 0)).place).toBe('device');
  });

  it('are those of the character device where a pin is pulled', async () => {
    const lines = gpioLines([backend('onoff'), backend('device', { pulls: true })]);
    expect((await lines.input(17, { pull: 'up' })).place).toBe('device');
  });

  it('say everything that is missing in one sentence', async () => {
    const none = gpioLines([
      backend('onoff', { lacks: 'this kernel has no sysfs GPIO' }),
      backend('device', { pulls: true, lacks: 'there is no GPIO chip either' }),
    ]);
    await expect(none.input(17)).rejects.toThrow(
      'GPIO17 cannot be opened: this kernel has no sysfs GPIO; there is no GPIO chip either',
    );
    const unpulled = gpioLines([backend('onoff'), backend('device', { pulls: true, lacks: 'no koffi' })]);
    await expect(unpulled.input(17, { pull: 'up' })).rejects.toThrow(
      'GPIO17 cannot be opened: sysfs GPIO cannot set a pull-up (config.txt can: gpio=17=pu); no koffi',
    );
  });

  it('have one owner each, until that closes them', async () => {
    const lines = gpioLines([backend('onoff')]);
    const input = await lines.input(17);
    await expect(lines.output(17, 0)).rejects.toThrow('GPIO17 is in use by another sensor');
    input.close();
    const output = await lines.output(17, 0);
    // One that was closed already takes nothing from the next.
    input.close();
    await expect(lines.input(17)).rejects.toThrow('GPIO17 is in use by another sensor');
    output.close();
  });

  it('are free again where opening one failed', async () => {
    const gpio = new SimulatedGpio();
    gpio.fail(17, 'held');
    await expect(gpio.lines.input(17)).rejects.toThrow('GPIO17 is in use by spi0 CS0');
    gpio.mend(17);
    const input = await gpio.lines.input(17);
    expect(gpio.open).toEqual([17]);
    input.close();
    expect(gpio.open).toEqual([]);
  });
});

it('a simulated line tells what is put at it', async () => {
  const gpio = new SimulatedGpio();
  const levels: Level[] = [];
  const input = await gpio.lines.input(17, { onEdge: ({ level }) => levels.push(level) });
  for (const level of [1, 1, 0, 1] as const) gpio.set(17, level);
  expect([input.read(), levels]).toEqual([1, [1, 0, 1]]);
  input.close();
});
