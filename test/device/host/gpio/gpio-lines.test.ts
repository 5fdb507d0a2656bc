import { describe, expect, it } from 'vitest';
import type { GpioBackend, GpioInput, GpioOutput, Level } from '../../../../device/host/gpio/gpio.ts';
import { gpioLines } from '../../../../device/host/gpio/gpio-lines.ts';
import { SimulatedGpio } from '../../../../device/host/gpio/gpio-simulated.ts';

interface Lacking {
  /** Why it cannot serve. */
  readonly lacks?: string;
  /** Why a line of it cannot be opened. */
  readonly refuses?: string;
}

/** A way to the lines that says which it is by the names of its lines. */
function backend(name: GpioBackend['interface'], { lacks, refuses }: Lacking = {}): GpioBackend {
  const open = <Line>(line: Line): Promise<Line> =>
    refuses === undefined ? Promise.resolve(line) : Promise.reject(new Error(refuses));
  return {
    interface: name,
    lacks: async () => lacks,
    input: () => open<GpioInput>({ place: name, read: () => 0, close: () => {} }),
    output: () => open<GpioOutput>({ place: name, write: () => {}, close: () => {} }),
  };
}

const linesOf = (sysfs: Lacking = {}, device: Lacking = {}) =>
  gpioLines([backend('character-device', device), backend('sysfs', sysfs)]);

const onEdge = () => {};

describe('the lines of a machine', () => {
  it.each<[string, Lacking]>([
    ['there is sysfs GPIO', {}],
    ['there is none', { lacks: 'no sysfs' }],
  ])('are those of the character device, whether %s', async (_why, sysfs) => {
    const lines = linesOf(sysfs);
    expect((await lines.input(16)).place).toBe('character-device');
    expect((await lines.input(17, { pull: 'up' })).place).toBe('character-device');
    expect((await lines.input(18, { onEdge })).place).toBe('character-device');
    expect((await lines.output(19, 0)).place).toBe('character-device');
  });

  it.each<[string, Lacking]>([
    ['there is no koffi', { lacks: 'no koffi' }],
    ['the character device may not be opened', { lacks: 'forbidden' }],
    ['another program has exported the line', { refuses: 'in use by sysfs' }],
  ])('are those of onoff if %s', async (_why, device) => {
    const lines = linesOf({}, device);
    expect((await lines.input(16)).place).toBe('sysfs');
    expect((await lines.input(17, { onEdge })).place).toBe('sysfs');
    expect((await lines.output(18, 1)).place).toBe('sysfs');
  });

  it.each(['sysfs', 'character-device'] as const)('are those of %s if the option says so', async way => {
    const lines = linesOf();
    expect((await lines.input(17, { interface: way, onEdge })).place).toBe(way);
    expect((await lines.output(18, 0, { interface: way })).place).toBe(way);
  });

  it('are never those of another interface than the option says', async () => {
    const noSysfs = linesOf({ lacks: 'this kernel has no sysfs GPIO' });
    await expect(noSysfs.input(17, { interface: 'sysfs' })).rejects.toThrow(
      /^GPIO17 cannot be opened: this kernel has no sysfs GPIO$/,
    );
    const refused = linesOf({}, { refuses: 'GPIO17 is in use by spi0 CS0' });
    await expect(refused.input(17, { interface: 'character-device' })).rejects.toThrow('spi0 CS0');
    await expect(linesOf().input(17, { interface: 'sysfs', pull: 'up' })).rejects.toThrow(
      /^GPIO17 cannot be opened: sysfs GPIO cannot set a pull-up \(config.txt can: gpio=17=pu\)$/,
    );
  });

  it('are refused with the reason of sysfs, which knows the program that has exported a line', async () => {
    const lines = linesOf({ refuses: 'in use by python3' }, { refuses: 'in use by sysfs' });
    await expect(lines.input(17)).rejects.toThrow('in use by python3');
    await expect(lines.input(17, { onEdge })).rejects.toThrow('in use by python3');
  });

  it('are refused with everything that is missing in one sentence', async () => {
    const none = linesOf({ lacks: 'this kernel has no sysfs GPIO' }, { lacks: 'there is no GPIO chip' });
    for (const options of [{}, { onEdge }]) {
      await expect(none.input(17, options)).rejects.toThrow(
        'GPIO17 cannot be opened: there is no GPIO chip; this kernel has no sysfs GPIO',
      );
    }
    await expect(linesOf({}, { lacks: 'no koffi' }).input(17, { pull: 'up' })).rejects.toThrow(
      'GPIO17 cannot be opened: no koffi; sysfs GPIO cannot set a pull-up (config.txt can: gpio=17=pu)',
    );
  });

  it('have one owner each, until it closes them', async () => {
    const lines = linesOf();
    const input = await lines.input(17);
    await expect(lines.output(17, 0)).rejects.toThrow('GPIO17 is in use by another sensor');
    input.close();
    const output = await lines.output(17, 0);
    // One that was closed already takes nothing from the next.
    input.close();
    await expect(lines.input(17)).rejects.toThrow('GPIO17 is in use by another sensor');
    output.close();
  });

  it('are free again after a failed opening', async () => {
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

it('a simulated line reports its edges', async () => {
  const gpio = new SimulatedGpio();
  const levels: Level[] = [];
  const input = await gpio.lines.input(17, { onEdge: ({ level }) => levels.push(level) });
  for (const level of [1, 1, 0, 1] as const) gpio.set(17, level);
  expect([input.read(), levels]).toEqual([1, [1, 0, 1]]);
  input.close();
});
