// Makes the rows of days as sensors give them: ten columns behind the time, each in the steps of its converter, with its noise.

/** The columns of a day: the time and ten readings of common sensors. */
export const DAY_COLUMNS = [
  { type: 'Float64', name: 'time' },
  { type: 'Float64', name: 'water_temperature' },
  { type: 'Float64', name: 'air_temperature' },
  { type: 'Float64', name: 'humidity' },
  { type: 'Float64', name: 'pressure' },
  { type: 'Float64', name: 'tank_level' },
  { type: 'Float64', name: 'battery_voltage' },
  { type: 'Float64', name: 'solar_current' },
  { type: 'Float64', name: 'processor_temperature' },
  { type: 'UInt32', name: 'door' },
  { type: 'UInt32', name: 'energy_pulses' },
];

const DAY_SECONDS = 86_400;

/** Numbers from 0 to 1, the same for each seed, which is not 0 (xorshift by Marsaglia). */
export function random(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Rows of one UTC day, `interval` seconds apart, which were read up to 2 ms after their slots. */
export function rowsOfDay(day, interval = 1) {
  const uniform = random(2 * day + 1);
  /** Nearly normal, with a standard deviation of 1. */
  const noise = () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
  const inSteps = (value, step) => Math.round(value / step) * step;
  const length = Math.floor(DAY_SECONDS / interval);
  const columns = DAY_COLUMNS.map(({ type }) => new (type === 'UInt32' ? Uint32Array : Float64Array)(length));
  const [time, water, air, humidity, pressure, level, voltage, current, processor, door, pulses] = columns;
  let count = day * 5000;
  for (let row = 0; row < length; row += 1) {
    const second = row * interval;
    const sun = Math.sin((2 * Math.PI * (second - 32_400)) / DAY_SECONDS);
    const gust = Math.sin(second / 311) + Math.sin(second / 97);
    time[row] = Math.round((day * DAY_SECONDS + second + 0.0005 + 0.0015 * uniform() ** 4) * 1e6) / 1e6;
    // DS18B20: 1/16 degC, with hardly any noise.
    water[row] = inSteps(12 + sun + 0.02 * noise(), 1 / 16);
    // BME280, with the resolution and the noise of its data sheet (16 x oversampling for the pressure).
    air[row] = inSteps(18 + 6 * sun + 0.1 * gust + 0.005 * noise(), 0.01);
    humidity[row] = inSteps(55 - 15 * sun + 0.3 * gust + 0.02 * noise(), 1 / 1024);
    pressure[row] = inSteps(101_325 + 300 * Math.sin(second / 40_000) + 1.3 * noise(), 1 / 256);
    // A converter of 10 bits at 3.3 V, and one of 16 bits at 4.096 V.
    level[row] = inSteps(1.8 + 0.2 * Math.sin(second / 7000) + 0.002 * noise(), 3.3 / 1024);
    voltage[row] = inSteps(3.1 + 0.2 * sun + 0.0002 * noise(), 4.096 / 32_768);
    // INA219: 0.1 mA.
    current[row] = inSteps(Math.max(0, 0.8 * sun) + 0.0005 * noise(), 0.0001);
    // The thermal zone of a Raspberry Pi: steps of 0.487 degC in whole millidegrees.
    processor[row] = Math.round(inSteps(48 + 3 * sun + 0.5 * gust + 0.4 * noise(), 0.487) * 1000) / 1000;
    door[row] = second % 7200 < 40 ? 1 : 0;
    if (uniform() < 0.06 * interval) count += 1;
    pulses[row] = count;
  }
  return { length, columns };
}
