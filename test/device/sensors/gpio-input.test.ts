import { describe, expect, it, vi } from 'vitest';
import { simulatedHost } from '../../../device/kind.ts';
import { gpioInput } from '../../../device/sensors/gpio-input.ts';
import { FakeClock } from '../fake-clock.ts';
import { hostOf } from '../known-sensors.ts';
import { gpioRig } from './gpio-rig.ts';
import { readingOf } from './i2c-rig.ts';

const PIN = 17;

/** Lets the pin take one level after the other, each for `seconds`. */
function play({ gpio, clock }: ReturnType<typeof gpioRig>, levels: string, seconds: number) {
  for (const level of levels) {
    gpio.set(PIN, level === '1' ? 1 : 0);
    clock.pass(seconds);
  }
}

describe('a switch at a pin', () => {
  it('has a level, a count of its closings, and a rate since the reading before', async () => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput);
    expect(sensor.channels.map(({ name, units }) => `${name} ${units}`)).toEqual([
      'level 1',
      'count 1',
      'amount 1',
      'rate s-1',
    ]);
    expect(await readingOf(sensor)).toEqual([0, 0, 0, 0]);
    play(rig, '10101', 0.1);
    expect(await readingOf(sensor)).toEqual([1, 3, 3, expect.closeTo(6, 9)]);
    rig.clock.pass(1);
    expect(await readingOf(sensor)).toEqual([1, 3, 3, 0]);
    play(rig, '0', 1);
    expect(await readingOf(sensor)).toEqual([0, 3, 3, 0]);
  });

  it('loses no count between readings, however many and however seldom it is read', async () => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput, { debounce: 0.001 });
    await readingOf(sensor);
    play(rig, '10'.repeat(20_000), 0.002);
    expect(await readingOf(sensor)).toEqual([0, 20_000, 20_000, expect.closeTo(250, 6)]);
  });

  it('counts before the first reading, also where that finds it closed', async () => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput);
    play(rig, '101', 0.05);
    expect((await readingOf(sensor)).slice(0, 3)).toEqual([1, 2, 2]);
  });

  it('that was closed from the beginning counts from its next closing on', async () => {
    const rig = gpioRig();
    rig.gpio.set(PIN, 1);
    const sensor = await rig.open(gpioInput);
    expect((await readingOf(sensor)).slice(0, 2)).toEqual([1, 0]);
    play(rig, '01', 0.1);
    expect((await readingOf(sensor)).slice(0, 2)).toEqual([1, 1]);
  });

  it('that bounces counts once', async () => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput);
    play(rig, '1010', 0.0005);
    play(rig, '1', 0.05);
    play(rig, '0101', 0.0005);
    play(rig, '0', 0.05);
    expect((await readingOf(sensor)).slice(0, 2)).toEqual([0, 1]);
  });

  it('that is closed this very moment counts when it has stayed so', async () => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput);
    await readingOf(sensor);
    play(rig, '1', 0.002);
    expect((await readingOf(sensor)).slice(0, 2)).toEqual([0, 0]);
    rig.clock.pass(0.004);
    expect((await readingOf(sensor)).slice(0, 2)).toEqual([1, 1]);
  });

  it.each([
    ['rising', false, [1, 2]],
    ['falling', false, [1, 1]],
    ['both', false, [1, 3]],
    ['rising', true, [0, 1]],
    ['falling', true, [0, 2]],
    ['both', true, [0, 3]],
  ])('counts %s edges, inverted %s', async (count, invert, expected) => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput, { count, invert });
    play(rig, '101', 0.1);
    expect((await readingOf(sensor)).slice(0, 2)).toEqual(expected);
  });

  it('is a rain gauge with the millimetres of a tip', async () => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput, { scale: 0.2794, units: 'mm' });
    expect(sensor.channels.slice(2).map(({ units, resolution }) => [units, resolution])).toEqual([
      ['mm', 0.2794],
      ['mm s-1', undefined],
    ]);
    await readingOf(sensor);
    play(rig, '1010', 0.5);
    const [, count, amount, rate] = await readingOf(sensor);
    expect([count, amount]).toEqual([2, 2 * 0.2794]);
    expect(rate).toBeCloseTo(0.2794, 9);
  });

  it('gives an error where its line has gone, and comes back by itself', async () => {
    const rig = gpioRig();
    const sensor = await rig.openReopening(gpioInput);
    await readingOf(sensor);
    rig.gpio.fail(PIN, 'gone');
    await expect(readingOf(sensor)).rejects.toThrow('GPIO17 has gone');
    expect(rig.gpio.open).toEqual([]);
    rig.gpio.mend(PIN);
    expect(await readingOf(sensor)).toEqual([0, 0, 0, 0]);
  });

  it('goes on with its count when it is opened anew, so that an amount of rain is never taken back', async () => {
    const rig = gpioRig();
    const sensor = await rig.openReopening(gpioInput, { scale: 0.2 });
    await readingOf(sensor);
    play(rig, '1010', 0.5);
    expect((await readingOf(sensor)).slice(0, 3)).toEqual([0, 2, 0.4]);
    play(rig, '10', 0.5);
    rig.gpio.fail(PIN, 'gone');
    await expect(readingOf(sensor)).rejects.toThrow('GPIO17 has gone');
    rig.gpio.mend(PIN);
    // That which was counted before the error is there, and is no rain of this moment.
    expect(await readingOf(sensor)).toEqual([0, 3, expect.closeTo(0.6, 9), 0]);
    play(rig, '10', 0.5);
    expect(await readingOf(sensor)).toEqual([0, 4, expect.closeTo(0.8, 9), expect.closeTo(0.2, 9)]);
  });

  it('counts what came until it was closed', async () => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput);
    await readingOf(sensor);
    play(rig, '1010', 0.1);
    play(rig, '1', 0.006);
    await sensor.close();
    const again = await rig.open(gpioInput);
    expect((await readingOf(again)).slice(0, 2)).toEqual([1, 3]);
    await again.close();
  });

  it('counts once what several readers see who each have a simulated one', async () => {
    const clock = new FakeClock();
    const host = hostOf({ clock });
    const options = gpioInput.options.parse({ pin: PIN });
    const opened = () => gpioInput.open(options, simulatedHost(gpioInput, options, host));
    const sensors = [await opened(), await opened(), await opened()];
    for (let row = 0; row < 40; row++) {
      clock.pass(1);
      const counts = [];
      for (const sensor of sensors) counts.push((await readingOf(sensor))[1]);
      expect(new Set(counts).size).toBe(1);
      // A tip every two seconds or so.
      expect(counts[0]).toBeLessThanOrEqual(row);
      if (row > 10) expect(counts[0]).toBeGreaterThan(row / 4);
    }
  });

  it('counts anew where something else is counted', async () => {
    const rig = gpioRig();
    const rising = await rig.open(gpioInput);
    play(rig, '101', 0.1);
    expect((await readingOf(rising))[1]).toBe(2);
    await rising.close();
    const both = await rig.open(gpioInput, { count: 'both' });
    expect((await readingOf(both))[1]).toBe(0);
  });

  it('says how many edges were lost, and gives no count that is too low as if it were right', async () => {
    const rig = gpioRig();
    const sensor = await rig.openReopening(gpioInput);
    await readingOf(sensor);
    play(rig, '1010', 0.1);
    rig.gpio.lose(PIN, 300);
    rig.clock.pass(0.1);
    expect(await sensor.read(new AbortController())).toEqual({
      values: [0, Number.NaN, Number.NaN, Number.NaN],
      problem: expect.stringMatching(/^GPIO17: 300 edges were lost, since more came/),
    });
    expect(rig.gpio.open).toEqual([PIN]);
    play(rig, '1010', 0.1);
    expect(await readingOf(sensor)).toEqual([0, 4, 4, expect.closeTo(5, 9)]);
  });

  it('loses none of the edges that were lost where every edge counts', async () => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput, { debounce: 0, count: 'both' });
    await readingOf(sensor);
    play(rig, '10', 0.1);
    rig.gpio.lose(PIN, 3001);
    expect((await readingOf(sensor)).slice(0, 2)).toEqual([1, 3003]);
  });

  it('that is not counted has a level only, as it is now, and no edges are watched', async () => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput, { count: 'none', invert: true });
    expect(sensor.channels.map(({ name }) => name)).toEqual(['level']);
    expect(await readingOf(sensor)).toEqual([1]);
    rig.gpio.set(PIN, 1);
    expect(await readingOf(sensor)).toEqual([0]);
  });

  it.each([
    [{}, 'auto', true],
    [{ interface: 'sysfs' }, 'sysfs', true],
    [{ count: 'none', interface: 'character-device' }, 'character-device', false],
  ])('reaches its line with %j by %s, edges watched: %s', async (options, way, isWatched) => {
    const rig = gpioRig();
    const asked = vi.spyOn(rig.gpio.lines, 'input');
    await rig.open(gpioInput, options);
    expect(asked).toHaveBeenCalledExactlyOnceWith(PIN, expect.objectContaining({ interface: way }));
    expect(asked.mock.calls[0]?.[1]?.onEdge !== undefined).toBe(isWatched);
  });

  it('says who has its line, and takes it when it is free', async () => {
    const rig = gpioRig();
    rig.gpio.fail(PIN, 'held');
    const sensor = await rig.openReopening(gpioInput);
    await expect(readingOf(sensor)).rejects.toThrow('GPIO17 is in use by spi0 CS0');
    rig.gpio.mend(PIN);
    expect(await readingOf(sensor)).toEqual([0, 0, 0, 0]);
  });

  it('is closed with its line', async () => {
    const rig = gpioRig();
    const sensor = await rig.open(gpioInput);
    expect(rig.gpio.open).toEqual([PIN]);
    expect(gpioInput.claims?.(gpioInput.options.parse({}))).toEqual(['gpio17']);
    await sensor.close();
    expect(rig.gpio.open).toEqual([]);
  });

  it.each([
    [{ pin: -1 }],
    [{ pin: 54 }],
    [{ debounce: 2 }],
    [{ scale: 0 }],
    [{ count: 'edges' }],
    [{ pull: 'high' }],
    [{ interface: 'onoff' }],
  ])('refuses %j', options => {
    expect(gpioInput.options.safeParse(options).success).toBe(false);
  });
});
