// Reads temperature and humidity from a small JSON file that another program keeps up to date.
//
// The file holds one object, {"time": 1795239034, "temperature": 21.3, "humidity": 45.2}: time in seconds since 1970,
// degrees Celsius, percent. The program writes the file under another name and renames it, so that no reading gets half of it.

/** @type {readonly import('dapberry/device').Channel[]} */
const CHANNELS = [
  {
    name: 'temperature',
    units: 'degree_Celsius',
    longName: 'Air temperature',
    standardName: 'air_temperature',
    validRange: [-60, 60],
    resolution: 0.1,
  },
  {
    name: 'humidity',
    units: 'percent',
    longName: 'Relative humidity',
    standardName: 'relative_humidity',
    validRange: [0, 100],
    resolution: 0.1,
  },
];

/** @type {import('dapberry/device').Driver} */
export default ({ z, sensorKind, fileTree, quantityNow }) =>
  sensorKind({
    name: 'weather-file',
    title: 'Weather station (file of its receiver)',
    description: 'Temperature and humidity from a JSON file that another program keeps up to date.',
    needs: ['files'],
    options: z.strictObject({
      path: z
        .string()
        .regex(/^\//)
        .default('/run/weather.json')
        .meta({ description: 'The file.', expected: 'an absolute path such as /run/weather.json' }),
      maxAge: z
        .number()
        .min(1)
        .max(86_400)
        .default(300)
        .describe('The age in seconds from which the values of the file are too old.'),
    }),
    channels: () => CHANNELS,
    conversionTime: () => 0,

    open: async ({ path, maxAge }, { files, clock }) => ({
      name: 'weather-file',
      channels: CHANNELS,
      read: async ({ signal }) => {
        const { time, ...values } = parsed(await files.read(path, signal), path);
        const age = Math.abs(clock.wall() - time);
        // `!(age <= maxAge)` is true for NaN too, so a time that is no number is refused.
        if (!(age <= maxAge))
          throw new Error(`${path}: expected a time of the last ${maxAge} s, found ${time}`);
        const reading = CHANNELS.map(({ name }) => numberOrNaN(values[name]));
        const missing = CHANNELS.filter((_channel, index) => Number.isNaN(reading[index]));
        if (missing.length === 0) return reading;
        const problems = missing.map(
          ({ name }) => `${name}: expected a number, found ${shown(values[name])}`,
        );
        return { values: reading, problem: `${path}: ${problems.join('; ')}` };
      },
      close: async () => {},
    }),

    // A simulated file, which the code above reads like a real one.
    simulate: ({ path }, { seed, clock }) => {
      const temperature = quantityNow(seed, { mean: 14, amplitude: 6, period: 3600, noise: 0.1 }, clock);
      const humidity = quantityNow(seed + 1, { mean: 60, amplitude: 20, period: 2700, noise: 0.3 }, clock);
      const text = () =>
        JSON.stringify({
          time: clock.wall(),
          temperature: tenths(temperature()),
          humidity: tenths(humidity()),
        });
      return { files: fileTree({ [path]: text }) };
    },
  });

/** @param {string} text @param {string} path */
function parsed(text, path) {
  try {
    return { ...JSON.parse(text) };
  } catch {
    throw new Error(`${path}: expected a JSON object, found ${JSON.stringify(text.slice(0, 40))}`);
  }
}

/** @param {unknown} value */
function numberOrNaN(value) {
  return typeof value === 'number' ? value : Number.NaN;
}

/** @param {unknown} value */
function shown(value) {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** @param {number} value */
function tenths(value) {
  return Math.round(value * 10) / 10;
}
