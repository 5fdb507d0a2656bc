// Makes up a greenhouse and its shed: sensors that are simulated, and a year of rows before them.

/** Seconds. */
const DAY = 86_400;
const YEAR = 365 * DAY;

/** Rows are this many seconds apart: in the last three hours as the sensors give them, before that fewer. */
const INTERVAL = 5;
const SPARSE = 600;
const DENSE_PAST = 3 * 3600;

/** The columns of each dataset; values are `mean`, a daily wave of `swing`, a yearly one of `season`, and noise. */
const DATASETS = {
  greenhouse: {
    title: 'Greenhouse',
    columns: [
      {
        name: 'air',
        label: 'Air',
        units: 'degree_Celsius',
        mean: 19,
        swing: 6,
        season: 7,
        noise: 0.12,
        step: 0.1,
        phase: 0.6,
        more: { warn: { below: 5, above: 30 }, alarm: { above: 35 } },
      },
      {
        name: 'soil',
        label: 'Soil',
        units: 'degree_Celsius',
        mean: 15,
        swing: 1.5,
        season: 5,
        noise: 0.03,
        step: 0.1,
        phase: 0.5,
      },
      {
        name: 'humidity',
        label: 'Humidity',
        units: 'percent',
        mean: 68,
        swing: 14,
        season: 6,
        noise: 0.5,
        step: 0.1,
        phase: 0.1,
      },
      {
        name: 'pressure',
        label: 'Pressure',
        units: 'hPa',
        mean: 1013,
        swing: 2,
        season: 4,
        noise: 0.05,
        step: 0.1,
        phase: 0.3,
      },
      {
        name: 'pump',
        label: 'Pump',
        units: '1',
        shape: 'square',
        mean: 0.5,
        swing: 0.5,
        period: 240,
        more: { valid_range: [0, 1], type: 'Int32' },
      },
    ],
  },
  shed: {
    title: 'Shed',
    columns: [
      {
        name: 'battery',
        label: 'Battery',
        units: 'V',
        mean: 12.6,
        swing: 0.5,
        season: 0.2,
        noise: 0.01,
        step: 0.01,
        phase: 0.6,
      },
      {
        name: 'roof',
        label: 'Roof',
        units: 'degree_Celsius',
        mean: 12,
        swing: 8,
        season: 9,
        noise: 0.2,
        step: 0.1,
        phase: 0.6,
        fails: true,
      },
    ],
  },
};

/** The configuration that serves the datasets, with a history in `folder`. */
export function configuration(folder) {
  return [
    'server: {host: 127.0.0.1, port: 0}',
    `history: {path: ${JSON.stringify(folder)}}`,
    'datasets:',
    ...Object.entries(DATASETS).flatMap(([name, { title, columns }]) => [
      `  ${name}:`,
      `    title: ${title}`,
      `    interval: ${INTERVAL}`,
      '    sensors:',
      ...columns.map(sensor),
    ]),
    '',
  ].join('\n');
}

function sensor({ name, label, units, more, mean, swing, shape = 'sine', period = DAY, fails, ...numbers }) {
  const { noise = 0, step = 0, phase = 0 } = numbers;
  const channels = { value: { name, units, long_name: label, ...more } };
  // The sensor that fails does so from now on, for most of a day.
  const outage = fails ? { outageEvery: DAY, outageLength: DAY - 1 } : {};
  const wave = { kind: 'waveform', name, shape, mean, amplitude: swing, period, phase, noise, step };
  return `      - ${JSON.stringify({ ...wave, ...outage, channels })}`;
}

/** The rows before `now` (seconds since 1970) of each dataset, as CSV that `dapberry import` takes. */
export function* pastRows(now) {
  const times = [];
  for (let time = now - YEAR; time < now - DENSE_PAST; time += SPARSE) times.push(time);
  for (let time = now - DENSE_PAST; time < now - INTERVAL; time += INTERVAL) times.push(time);
  for (const [dataset, { columns }] of Object.entries(DATASETS)) {
    const names = ['time', ...columns.map(({ name }) => name)].map(name => `sensor.${name}`);
    const lines = times.map(time =>
      [time.toFixed(3), ...columns.map(column => valueAt(column, time, now))].join(','),
    );
    yield [dataset, `${[names.join(','), ...lines].join('\n')}\n`];
  }
}

/** The season is such that the wave of the year joins the simulated sensor now. */
function valueAt(column, time, now) {
  const { mean, swing, shape, period, season = 0, noise = 0, step = 1, phase = 0 } = column;
  if (shape === 'square') return (time / period) % 1 < 0.5 ? mean + swing : mean - swing;
  const wave = swing * Math.sin(2 * Math.PI * (time / DAY + phase));
  const year = season * (1 - Math.cos((2 * Math.PI * (time - now)) / YEAR));
  const weather = season * 0.3 * Math.sin((time - now) / (4.3 * DAY)) * Math.min(1, (now - time) / DAY);
  const value = mean + wave + year + weather + noise * 2 * (Math.random() + Math.random() - 1);
  return Number((Math.round(value / step) * step).toFixed(3));
}
