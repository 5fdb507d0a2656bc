import { describe, expect, it, vi } from 'vitest';
import type { Level } from '../../../device/host/gpio/gpio.ts';
import { Mcp3008Model } from '../../../device/models/mcp3008.ts';
import { connectMcp3008, mcp3008, millivoltsOf } from '../../../device/sensors/mcp3008.ts';
import { gpioRig } from './gpio-rig.ts';
import { readingOf } from './i2c-rig.ts';

const PINS = { clock: 18, data_out: 23, data_in: 24, select: 25 };
const ALL = ['CH0', 'CH1', 'CH2', 'CH3', 'CH4', 'CH5', 'CH6', 'CH7'];

/** A chip at the usual pins, its inputs at these volts. */
function rigOf(volts: readonly number[] = [0.75], floating: Level = 0) {
  const rig = gpioRig();
  const chip = new Mcp3008Model({ voltage: input => volts[input] ?? 0, reference: 3.3, floating });
  connectMcp3008(rig.gpio, chip, PINS);
  return { ...rig, chip };
}

it.each([
  // 0 for nothing, the reference for the greatest code.
  [0, 3.3, 0],
  [1023, 3.3, 3300],
  [1023, 5, 5000],
  [341, 3.3, 1100],
])('the code %i at a reference of %f V is %f mV', (code, reference, expected) => {
  expect(millivoltsOf(code, reference)).toBe(expected);
});

describe('an MCP3008', () => {
  it('gives the voltage of a TMP36 at CH0, wired as usual', async () => {
    const { open, gpio } = rigOf([0.75]);
    const sensor = await open(mcp3008);
    expect(gpio.open).toEqual([18, 23, 24, 25]);
    expect(sensor.channels).toMatchObject([
      { name: 'voltage_ch0', units: 'mV', validRange: [0, 3300], resolution: 3300 / 1023 },
    ]);
    // 0.75 V of 3.3 V in steps of 1/1024 (datasheet, equation 4-2), which is 25 degree_Celsius but for a step of 0.3.
    expect(await readingOf(sensor)).toEqual([(232 * 3300) / 1023]);
  });

  it('gives all eight inputs, each its own', async () => {
    const { open } = rigOf([0, 0.4, 0.8, 1.2, 1.6, 2, 2.4, 3.3]);
    const reading = await readingOf(await open(mcp3008, { inputs: ALL }));
    const codes = reading.map(millivolts => Math.round((millivolts * 1023) / 3300));
    expect(codes).toEqual([0, 124, 248, 372, 496, 620, 744, 1023]);
  });

  it('gives differences, which are 0 where they are negative', async () => {
    const { open } = rigOf([1, 3, 0, 0, 0, 0, 2.5, 0.5]);
    const inputs = ['CH1-CH0', 'CH0-CH1', 'CH6-CH7', 'CH7-CH6', 'CH6'];
    const sensor = await open(mcp3008, { inputs });
    expect(sensor.channels[0]).toMatchObject({
      name: 'voltage_ch1_ch0',
      longName: 'Voltage at CH1 against CH0',
    });
    const codes = (await readingOf(sensor)).map(millivolts => Math.round((millivolts * 1023) / 3300));
    expect(codes).toEqual([620, 0, 620, 0, 775]);
  });

  it.each([
    // Table 5-2: a start bit, single-ended or not, and three bits for the input.
    ['CH0', '11000'],
    ['CH5', '11101'],
    ['CH7', '11111'],
    ['CH0-CH1', '10000'],
    ['CH3-CH2', '10011'],
    ['CH7-CH6', '10111'],
  ])('is told to measure %s by the bits %s, taken as the clock rises', async (input, expected) => {
    const { open, gpio, chip } = rigOf([1, 0.5, 0.5, 1, 0, 1, 0.5, 1]);
    let bits = '';
    let dataIn: Level = 0;
    let isSelected = false;
    gpio.listen(PINS.select, level => {
      isSelected = level === 0;
      chip.select(level);
    });
    gpio.listen(PINS.data_in, level => {
      dataIn = level;
      chip.dataIn(level);
    });
    gpio.listen(PINS.clock, level => {
      if (level === 1 && isSelected) bits += dataIn;
      chip.clock(level);
    });
    await readingOf(await open(mcp3008, { inputs: [input] }));
    expect(bits.slice(0, 5)).toBe(expected);
    // A clock to end the sample, ten bits, and nine of them backwards.
    expect(bits).toHaveLength(5 + 1 + 10 + 9);
    expect(isSelected).toBe(false);
  });

  it('takes other pins and another reference', async () => {
    const rig = gpioRig();
    const chip = new Mcp3008Model({ voltage: () => 2.5, reference: 5 });
    const pins = { clock: 11, data_out: 9, data_in: 10, select: 8 };
    connectMcp3008(rig.gpio, chip, pins);
    const sensor = await rig.open(mcp3008, { ...pins, reference: 5 });
    expect(await readingOf(sensor)).toEqual([(512 * 5000) / 1023]);
    expect(mcp3008.claims?.(mcp3008.options.parse(pins))).toEqual(['gpio11', 'gpio9', 'gpio10', 'gpio8']);
  });

  it('may be disturbed twice without anybody noticing, and says so the third time', async () => {
    const { open, chip } = rigOf([1.65]);
    const sensor = await open(mcp3008);
    chip.disturb(2);
    expect(await readingOf(sensor)).toEqual([(512 * 3300) / 1023]);
    chip.disturb(3);
    await expect(readingOf(sensor)).rejects.toThrow(
      'GPIO23: expected the same result twice, found 640 and 512: the wires are disturbed, or no MCP3008 is at them',
    );
    expect(await readingOf(sensor)).toEqual([(512 * 3300) / 1023]);
  });

  it.each([{ inputs: ['CH0'] }, { inputs: ALL }, { inputs: ['CH0-CH1', 'CH3'] }])(
    'that is not there is no 0 V where DOUT is pulled down, with %j',
    async options => {
      const { openReopening, chip } = rigOf([0.75, 0, 0, 0.2]);
      const sensor = await openReopening(mcp3008, options);
      chip.powered = false;
      await expect(readingOf(sensor)).rejects.toThrow(
        'GPIO23: expected an MCP3008, found 0 at all of its inputs, as where none is there: check the wires and the supply; if all inputs are at 0 V, set pull: up, which tells the two apart',
      );
      chip.powered = true;
      expect(Math.max(...(await readingOf(sensor)))).toBeGreaterThan(0);
    },
  );

  it('measures 0 V where another input shows that it is there, asked for or not', async () => {
    const { open } = rigOf([0, 0, 0, 0, 0, 0, 0, 0.01]);
    expect(await readingOf(await open(mcp3008, { inputs: ['CH1', 'CH0-CH1'] }))).toEqual([0, 0]);
  });

  it('measures 0 V at all inputs where DOUT is pulled up, which no wire alone brings to 0', async () => {
    const { open } = rigOf([], 1);
    const sensor = await open(mcp3008, { inputs: ALL, pull: 'up' });
    expect(await readingOf(sensor)).toEqual(Array(8).fill(0));
  });

  it('asks other inputs only where all that it was asked for are 0', async () => {
    const { open, gpio, chip } = rigOf([0.75]);
    const sensor = await open(mcp3008, { inputs: ['CH1', 'CH0'] });
    let conversions = 0;
    gpio.listen(PINS.select, level => {
      if (level === 0) conversions++;
      chip.select(level);
    });
    await readingOf(sensor);
    expect(conversions).toBe(2);
  });

  it.each(['auto', 'sysfs', 'character-device'])('reaches its four lines by %s where asked to', async way => {
    const { open, gpio } = rigOf();
    const asked = [vi.spyOn(gpio.lines, 'input'), vi.spyOn(gpio.lines, 'output')];
    await open(mcp3008, way === 'auto' ? {} : { interface: way });
    const ways = asked.flatMap(({ mock }) => mock.calls.map(call => call.at(-1)));
    expect(ways).toEqual(Array(4).fill(expect.objectContaining({ interface: way })));
  });

  it('that is not there is told by the pull-up, and comes back by itself', async () => {
    const { openReopening, chip, gpio } = rigOf([0.75], 1);
    const sensor = await openReopening(mcp3008, { pull: 'up' });
    chip.powered = false;
    await expect(readingOf(sensor)).rejects.toThrow(
      'GPIO23: expected a bit 0 before the result, found 1: check the wires and the supply of the MCP3008',
    );
    expect(gpio.open).toEqual([]);
    chip.powered = true;
    expect(await readingOf(sensor)).toEqual([(232 * 3300) / 1023]);
  });

  it('that is clocked too slowly gives an error, since its voltage has leaked away', async () => {
    const { open, gpio, chip, clock } = rigOf();
    const sensor = await open(mcp3008);
    let slow = 3;
    gpio.listen(PINS.clock, level => {
      clock.pass(slow > 0 ? 0.0001 : 0.00001);
      chip.clock(level);
    });
    gpio.listen(PINS.select, level => {
      if (level === 0) slow--;
      chip.select(level);
    });
    // Two conversions that the machine was too busy for, then one that is right.
    expect(await readingOf(sensor)).toEqual([(232 * 3300) / 1023]);
    slow = 9;
    await expect(readingOf(sensor)).rejects.toThrow(
      'GPIO23: expected ten bits within 1.2 ms, which is how long an MCP3008 holds a voltage, and they took 2.0',
    );
  });

  it('gives back the lines that it has where it cannot have all', async () => {
    const { open, gpio } = rigOf();
    gpio.fail(PINS.data_out, 'held');
    await expect(open(mcp3008)).rejects.toThrow('GPIO23 is in use by spi0 CS0');
    expect(gpio.open).toEqual([]);
    gpio.mend(PINS.data_out);
    const sensor = await open(mcp3008);
    await sensor.close();
    expect(gpio.open).toEqual([]);
  });

  it('gives an error where a line has gone, and values when it is back', async () => {
    const { openReopening, gpio } = rigOf();
    const sensor = await openReopening(mcp3008);
    for (const pin of Object.values(PINS)) {
      gpio.fail(pin, 'gone');
      await expect(readingOf(sensor)).rejects.toThrow(`GPIO${pin} has gone`);
      gpio.mend(pin);
      expect(await readingOf(sensor)).toEqual([(232 * 3300) / 1023]);
    }
  });

  it('stops between two inputs of a reading that nobody wants any more', async () => {
    const { open } = rigOf();
    const sensor = await open(mcp3008, { inputs: ALL });
    const stop = new AbortController();
    const reading = sensor.read(stop);
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });

  it.each([
    [{ inputs: [] }],
    [{ inputs: ['CH0', 'CH0'] }],
    [{ inputs: ['CH8'] }],
    [{ inputs: ['CH0-CH2'] }],
    [{ reference: 6 }],
    [{ clock: 54 }],
    [{ clock: 25 }],
    [{ pull: 'down' }],
  ])('refuses %j', options => {
    expect(mcp3008.options.safeParse(options).success).toBe(false);
  });
});
