import { describe, expect, it } from 'vitest';
import { hostSensors, simulatedTmp36 } from '../../../device/sensors/catalogue.ts';

/** UDUNITS names and symbols that a channel here may be measured in, alone or multiplied. */
const UNITS = new Set(['1', 'mV', 'degree_Celsius', 'percent', 'byte', 's-1']);

const catalogue = async () => [simulatedTmp36({ seed: 1 }), ...(await hostSensors({ simulate: true }))];

describe('every sensor of the catalogue', () => {
  it('is called something, and describes channels that a Sequence and UDUNITS understand', async () => {
    const sensors = await Promise.all((await catalogue()).map(open => open()));
    const channels = sensors.flatMap(sensor => sensor.channels);
    for (const { name, units, longName } of channels) {
      expect(name).toMatch(/^[a-z][A-Za-z0-9_]*$/);
      expect(units.split(' ').filter(unit => !UNITS.has(unit))).toEqual([]);
      expect(longName).toMatch(/^[A-Z]/);
    }
    expect(new Set(channels.map(({ name }) => name)).size).toBe(channels.length);
    expect(new Set(sensors.map(({ name }) => name)).size).toBe(sensors.length);
  });

  it('reads a number for each channel, again and again, and closes', async () => {
    for (const open of await catalogue()) {
      const sensor = await open();
      for (let read = 0; read < 3; read++) {
        const reading = Array.from(await sensor.read(new AbortController().signal));
        expect(reading.map(value => typeof value)).toEqual(sensor.channels.map(() => 'number'));
        expect(read > 0 || reading.every(Number.isFinite)).toBe(true);
      }
      await sensor.close();
    }
  });
});
