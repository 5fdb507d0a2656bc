import { describe, expect, it } from 'vitest';
import { Ina219Model } from '../../../device/models/ina219.ts';
import { busVoltageOf, ina219, shuntVoltageOf } from '../../../device/sensors/ina219.ts';
import { readingOf, rigWith } from './i2c-rig.ts';

const ADDRESS = 0x40;
let supply = { volts: 12, millivolts: 20 };

function rigOf() {
  supply = { volts: 12, millivolts: 20 };
  return rigWith(
    ADDRESS,
    now =>
      new Ina219Model({
        busVoltage: () => supply.volts,
        shuntVoltage: () => supply.millivolts / 1000,
        now,
      }),
  );
}

// INA219 datasheet (SBOS448), table "Shunt Voltage Register Format": the codes of each range's end.
it.each([
  [0x7d00, 320],
  [0x3e80, 160],
  [0x1f40, 80],
  [0x0fa0, 40],
  [0x0001, 0.01],
  [0x0000, 0],
  [0xffff, -0.01],
  [0xf060, -40],
  [0x8300, -320],
])('the shunt word %i is %f mV', (word, expected) => {
  expect(shuntVoltageOf(word)).toBe(expected);
});

// The datasheet's worked example ("Calculating Results"): 0x5d98 is 11.98 V, 0x07d0 is 20 mV, 10 A with 2 milliohm, 119.8 W.
it('the bus word 0x5d98 is 11.98 V, whatever its lower three bits are', () => {
  expect(busVoltageOf(0x5d98)).toBe(11.98);
  expect(busVoltageOf(0x5d98 | 7)).toBe(11.98);
  expect(busVoltageOf(8)).toBe(0.004);
});

describe('an INA219', () => {
  it("computes the datasheet's example: 11.98 V and 20 mV over 2 milliohm are 10 A and 119.8 W", async () => {
    const { open } = rigOf();
    const sensor = await open(ina219, { shunt: 0.002 });
    supply = { volts: 11.98, millivolts: 20 };
    const [volts, millivolts, milliamperes, milliwatts] = await readingOf(sensor);
    expect([volts, millivolts, milliamperes]).toEqual([11.98, 20, 10_000]);
    expect(milliwatts).toBeCloseTo(119_800, 6);
  });

  it('gives currents of either direction', async () => {
    const { open } = rigOf();
    const sensor = await open(ina219);
    supply = { volts: 5, millivolts: -25 };
    expect(await readingOf(sensor)).toEqual([5, -25, -250, -1250]);
  });

  it('writes what its datasheet says, and waits for as many samples as were asked for', async () => {
    const { open, bus, chip, clock } = rigOf();
    const written: string[] = [];
    bus.attach(ADDRESS, {
      write: bytes => {
        if (bytes.length > 1) written.push(Buffer.from(bytes).toString('hex'));
        return chip.write(bytes);
      },
      read: length => chip.read(length),
    });
    const began = clock.monotonic();
    await readingOf(await open(ina219, { samples: 128, shuntRange: 40, busRange: 16 }));
    // 16 V, 40 mV, 128 samples of both, triggered: 0 0 0 00 1111 1111 011.
    expect(written).toEqual(['0007fb']);
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(0.1362);
    expect(ina219.conversionTime(ina219.options.parse({ samples: 128 }))).toBeCloseTo(0.1362, 6);
  });

  it('gives the voltage of the supply, but neither current nor power, where the current is beyond the range', async () => {
    const { open } = rigOf();
    const sensor = await open(ina219, { shuntRange: 80 });
    supply = { volts: 12, millivolts: 95 };
    expect(await sensor.read(new AbortController())).toEqual({
      values: [12, Number.NaN, Number.NaN, Number.NaN],
      problem:
        '0x40 on i2c-1: expected voltages within their ranges, found a shunt voltage at the end of its range, 80 mV',
    });
  });

  it('gives the current where the supply is beyond the range', async () => {
    const { open } = rigOf();
    const sensor = await open(ina219, { busRange: 16 });
    supply = { volts: 19, millivolts: 20 };
    expect(await sensor.read(new AbortController())).toEqual({
      values: [Number.NaN, 20, 200, Number.NaN],
      problem:
        '0x40 on i2c-1: expected voltages within their ranges, found a bus voltage at the end of its range, 16 V',
    });
  });

  it('gives an error where it loses its supply within a reading', async () => {
    const { open, chip, clock } = rigOf();
    const sensor = await open(ina219, { samples: 128 });
    const reading = readingOf(sensor);
    void clock.sleepUntil(clock.monotonic() + 0.05).then(() => chip.powerOn());
    await expect(reading).rejects.toThrow(
      '0x40 on i2c-1: expected the configuration 0x3ffb, found 0x399f: the chip lost its supply',
    );
  });

  it('gives an error where a conversion does not end', async () => {
    const { open, bus } = rigOf();
    const sensor = await open(ina219);
    bus.attach(ADDRESS, { write: () => true, read: length => new Uint8Array(length) });
    await expect(readingOf(sensor)).rejects.toThrow(
      /^0x40 on i2c-1: a conversion had not ended after \d+ ms/,
    );
  });

  it('comes back by itself when it was pulled out and put back', async () => {
    const { openReopening, bus, chip } = rigOf();
    const sensor = await openReopening(ina219);
    bus.detach(ADDRESS);
    await expect(readingOf(sensor)).rejects.toThrow('no chip answers at 0x40 on i2c-1');
    chip.powerOn();
    bus.attach(ADDRESS, chip);
    expect(await readingOf(sensor)).toEqual([12, 20, 200, 2400]);
  });

  it('is found after power-on and after a reading, and not with the configuration of another program', async () => {
    const { host, open } = rigOf();
    const found = [{ options: {}, name: 'i2c_40', note: '0x40 on i2c-1' }];
    expect(await ina219.find?.(host)).toEqual(found);
    await readingOf(await open(ina219, { samples: 128, busRange: 16 }));
    expect(await ina219.find?.(host)).toEqual(found);
    const chip = await host.i2c.open(1, ADDRESS);
    await chip.writeWord(0, 0x399b);
    expect(await ina219.find?.(host)).toEqual([]);
  });
});

it('states the step of each column, the power too, so that it is shown with steady digits', () => {
  const steps = (shunt: number) =>
    ina219.channels(ina219.options.parse({ shunt })).map(({ resolution }) => resolution);
  expect(steps(0.1)).toEqual([0.004, 0.01, 0.1, 0.1]);
  expect(steps(0.01).at(-1)).toBe(1);
});
