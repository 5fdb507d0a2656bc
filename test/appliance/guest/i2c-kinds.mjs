// Does every kind of sensor on I2C give what its chip measures, through i2c-bus and the kernel's I2C core? Run it in a guest that has the
// module i2cuser as bus 1:
//
//   node i2c-kinds.mjs DIST
//
// Each kind is read, read again in other surroundings, then pulled out, disturbed, made to hang, and put back.

import { deepStrictEqual, ok } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const BUS = 1;
const [dist] = process.argv.slice(2);
if (dist === undefined) throw new Error('expected: node i2c-kinds.mjs DIST');
const load = module => import(pathToFileURL(resolve(dist, module)).href);
const { SENSOR_KINDS, thisHost } = await load('device/index.js');
const { reopenOnError } = await load('device/setup/reopening-sensor.js');

/** Chips with two surroundings each, and what their kind gives there, each with how far it may be off. */
const CASES = [
  {
    kind: 'ads1115',
    address: '0x48',
    surroundings: [{ volts: [0.75, 1, 2, 3] }, { volts: [1.5, 1, 2, 3] }],
    expected: [{ voltage_ain0: [750, 1] }, { voltage_ain0: [1500, 1] }],
  },
  {
    kind: 'ads1015',
    address: '0x49',
    surroundings: [{ volts: [0.75, 1, 2, 3] }, { volts: [1.5, 1, 2, 3] }],
    expected: [{ voltage_ain0: [750, 3] }, { voltage_ain0: [1500, 3] }],
  },
  ...[
    ['lm75', '0x4a', 0.5],
    ['tmp102', '0x4b', 0.0625],
    ['tmp105', '0x4c', 0.0625],
    ['mcp9808', '0x18', 0.0625],
  ].map(([kind, address, step]) => ({
    kind,
    address,
    surroundings: [{ temperature: 21.5 }, { temperature: -10.5 }],
    expected: [{ temperature: [21.5, step] }, { temperature: [-10.5, step] }],
  })),
  {
    kind: 'sht3x',
    address: '0x44',
    surroundings: [
      { temperature: 21.5, humidity: 40 },
      { temperature: -10.5, humidity: 95 },
    ],
    expected: [
      { temperature: [21.5, 0.01], humidity: [40, 0.01] },
      { temperature: [-10.5, 0.01], humidity: [95, 0.01] },
    ],
  },
  {
    kind: 'bme280',
    address: '0x76',
    surroundings: [
      { temperature: 21.5, pressure: 1013, humidity: 40 },
      { temperature: 5, pressure: 950, humidity: 80 },
    ],
    expected: [
      { temperature: [21.5, 0.1], pressure: [1013, 1], humidity: [40, 1] },
      { temperature: [5, 0.1], pressure: [950, 1], humidity: [80, 1] },
    ],
  },
  {
    kind: 'bmp280',
    address: '0x77',
    surroundings: [
      { temperature: 21.5, pressure: 1013, humidity: 0 },
      { temperature: 5, pressure: 950, humidity: 0 },
    ],
    expected: [
      { temperature: [21.5, 0.1], pressure: [1013, 1] },
      { temperature: [5, 0.1], pressure: [950, 1] },
    ],
  },
  {
    kind: 'ina219',
    address: '0x40',
    surroundings: [
      { busVoltage: 5, shuntVoltage: 0.01 },
      { busVoltage: 12, shuntVoltage: 0.03 },
    ],
    expected: [
      { bus_voltage: [5, 0.004], shunt_voltage: [10, 0.01], current: [100, 0.1] },
      { bus_voltage: [12, 0.004], shunt_voltage: [30, 0.01], current: [300, 0.1] },
    ],
  },
];

const kindsOnI2c = SENSOR_KINDS.filter(({ needs }) => needs.includes('i2c')).map(({ name }) => name);
deepStrictEqual(CASES.map(({ kind }) => kind).sort(), kindsOnI2c.sort(), 'a case for every kind on I2C');

const file = join(mkdtempSync(join(tmpdir(), 'chips-')), 'chips.json');

/** Puts every chip into its surroundings of this number, and the faults on top. */
function surround(number, faults = {}) {
  const chips = CASES.map(({ kind, address, surroundings }) => [
    address,
    { chip: kind, ...surroundings[number], ...faults[kind] },
  ]);
  writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(chips)));
  renameSync(`${file}.new`, file);
}

surround(0);
const chips = spawn(process.execPath, [join(import.meta.dirname, 'i2c-chips.mjs'), dist, file], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.once('exit', () => chips.kill());
await once(chips.stdout, 'data');

const host = thisHost(1);
const { signal } = new AbortController();
const milliseconds = since => `${(performance.now() - since).toFixed(0)} ms`;

function check(sensor, reading, expected) {
  const given = Object.fromEntries(sensor.channels.map(({ name }, index) => [name, reading[index]]));
  for (const [name, [value, tolerance]] of Object.entries(expected)) {
    ok(
      Math.abs(given[name] - value) <= tolerance,
      `${sensor.name}: expected ${name} ${value} within ${tolerance}, found ${JSON.stringify(given)}`,
    );
  }
  return Object.entries(given)
    .map(([name, value]) => `${name} ${Number(value.toFixed(3))}`)
    .join(', ');
}

async function failure(sensor) {
  return sensor.read({ signal }).then(
    reading => {
      throw new Error(`${sensor.name}: expected an error, found ${[...reading]}`);
    },
    error => error.message,
  );
}

for (const { kind: name, address, expected } of CASES) {
  const kind = SENSOR_KINDS.find(candidate => candidate.name === name);
  const options = kind.options.parse({ bus: BUS, address: Number(address) });
  const open = () => kind.open(options, host);
  const sensor = await reopenOnError(open, name, kind.channels(options), host.clock)();
  try {
    for (const number of [0, 1]) {
      surround(number);
      const since = performance.now();
      const reading = await sensor.read({ signal });
      process.stdout.write(`${name}: ${check(sensor, reading, expected[number])} (${milliseconds(since)})\n`);
    }
    for (const fault of ['no-answer', 'hang']) {
      surround(1, { [name]: { fault } });
      process.stdout.write(`  ${fault}: ${await failure(sensor)}\n`);
      surround(0);
      check(sensor, await sensor.read({ signal }), expected[0]);
    }
  } finally {
    await sensor.close();
  }
}

const { kind, expected } = CASES.find(({ kind: name }) => name === 'sht3x');
const sht3x = SENSOR_KINDS.find(({ name }) => name === kind);
const sensor = await sht3x.open(sht3x.options.parse({ bus: BUS }), host);
surround(0, { sht3x: { fault: 'disturbed' } });
process.stdout.write(`sht3x disturbed: ${await failure(sensor)}\n`);
surround(0);
check(sensor, await sensor.read({ signal }), expected[0]);

chips.kill();
await once(chips, 'exit');
process.stdout.write(`no program: ${await failure(sensor)}\n`);
await sensor.close();
process.stdout.write(`all ${CASES.length} kinds on I2C are read through the kernel\n`);
