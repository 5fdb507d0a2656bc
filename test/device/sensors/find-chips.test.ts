import { describe, expect, it } from 'vitest';
import type { I2cBusEntry } from '../../../device/host/i2c/i2c.ts';
import { SimulatedI2c, simulatedI2c } from '../../../device/host/i2c/i2c-simulated.ts';
import type { FoundSensor } from '../../../device/kind.ts';
import { Lm75Model } from '../../../device/models/lm75.ts';
import { lm75 } from '../../../device/sensors/lm75.ts';
import { hostOf } from '../known-sensors.ts';

const chip = () => new Lm75Model({ temperature: () => 21, now: () => performance.now() / 1000 });

/** The LM75 chips that are found on these buses, listed as given. */
async function found(
  buses: readonly SimulatedI2c[],
  entries?: readonly Omit<I2cBusEntry, 'controller'>[],
): Promise<readonly FoundSensor[]> {
  const i2c = simulatedI2c(buses);
  const list = async () => (entries ?? []).map(entry => ({ ...entry, controller: '' }));
  return lm75.find!(hostOf({ i2c: entries === undefined ? i2c : { ...i2c, list } }));
}

/** What an LM75 may be as well, after power-on. */
const OR = ': lm75 or tmp105';

describe('chips on I2C', () => {
  it('are found on every bus, with the options that lead to them and names of their own', async () => {
    const buses = [
      new SimulatedI2c(1, { 72: chip(), 73: chip() }),
      new SimulatedI2c(3, { 72: chip(), 79: chip() }),
    ];
    expect(await found(buses)).toEqual([
      { options: {}, name: 'i2c_48', note: `0x48 on i2c-1${OR}` },
      { options: { address: 73 }, name: 'i2c_49', note: `0x49 on i2c-1${OR}` },
      { options: { bus: 3 }, name: 'i2c3_48', note: `0x48 on i2c-3${OR}` },
      { options: { bus: 3, address: 79 }, name: 'i2c3_4f', note: `0x4f on i2c-3${OR}` },
    ]);
    expect(buses.map(({ open }) => open)).toEqual([0, 0]);
  });

  it('are not looked for on a bus that is there for something else', async () => {
    const video = new SimulatedI2c(20, { 72: chip() });
    const asked: number[] = [];
    const adapter = video.adapter.bind(video);
    video.adapter = () => {
      asked.push(20);
      return adapter();
    };
    expect(await found([video], [{ number: 20, reserved: 'of a video connector' }])).toEqual([]);
    expect(asked).toEqual([]);
    expect(await found([video], [{ number: 20 }])).toHaveLength(1);
    expect(asked).not.toEqual([]);
  });

  it('before a multiplexer are found once, not on each of its channels again', async () => {
    const before = chip();
    const behind = chip();
    const buses = [
      new SimulatedI2c(1, { 72: before }),
      new SimulatedI2c(4, { 72: before, 73: behind }),
      new SimulatedI2c(5, { 72: before }),
    ];
    const entries = [{ number: 1 }, { number: 4, parent: 1 }, { number: 5, parent: 1 }];
    expect((await found(buses, entries)).map(({ note }) => note)).toEqual([
      `0x48 on i2c-1${OR}`,
      `0x49 on i2c-4${OR}`,
    ]);
  });

  it('are none, without an error, where a bus cannot be opened, hangs up or cannot be listed', async () => {
    const forbidden = new SimulatedI2c(1, { 72: chip() });
    forbidden.fail('forbidden');
    const disturbed = new SimulatedI2c(2, { 72: chip() });
    disturbed.fail('disturbed');
    const whole = new SimulatedI2c(3, { 72: chip() });
    expect((await found([forbidden, disturbed, whole])).map(({ note }) => note)).toEqual([
      `0x48 on i2c-3${OR}`,
    ]);
    expect(await found([])).toEqual([]);
  });
});
