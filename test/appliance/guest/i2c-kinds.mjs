// Reads every kind on I2C through i2c-bus and the kernel's I2C core. Run it in a guest that has the module i2cuser as bus 1:
//
//   node i2c-kinds.mjs DIST CASES.json
//
// CASES.json has the readings of test/device/i2c/cases, by kind. Each kind is read in two surroundings; then its chip is pulled out, made
// to hang, disturbed if it has a checksum, and read again after each of these.

import { ok } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const BUS = 1;
const [dist, casesFile] = process.argv.slice(2);
if (casesFile === undefined) throw new Error('expected: node i2c-kinds.mjs DIST CASES.json');
const load = module => import(pathToFileURL(resolve(dist, module)).href);
const { SENSOR_KINDS, thisHost } = await load('device/index.js');
const { reopenOnError } = await load('device/setup/reopening-sensor.js');

const cases = Object.entries(JSON.parse(readFileSync(casesFile, 'utf8')));
const file = join(mkdtempSync(join(tmpdir(), 'chips-')), 'chips.json');

/** Puts this chip on the bus, in its surroundings of this number, and no other. */
function surround({ kind, address, readings }, number, fault) {
  const chip = { chip: kind.name, ...readings[number].around, fault };
  writeFileSync(`${file}.new`, JSON.stringify({ [address]: chip }));
  renameSync(`${file}.new`, file);
}

writeFileSync(file, '{}');
const chips = spawn(process.execPath, [join(import.meta.dirname, 'i2c-chips.mjs'), dist, file], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.once('exit', () => chips.kill());
await once(chips.stdout, 'data');

const host = thisHost(1);
const context = { signal: new AbortController().signal };
const milliseconds = since => `${(performance.now() - since).toFixed(0)} ms`;

/** The values of a reading, by channel, all as they are in the surroundings of this number. */
async function check(sensor, { readings }, number) {
  const reading = await sensor.read(context);
  const given = Object.fromEntries(sensor.channels.map(({ name }, index) => [name, reading[index]]));
  for (const [name, [value, tolerance]] of Object.entries(readings[number].reads)) {
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
  return sensor.read(context).then(
    reading => {
      throw new Error(`${sensor.name}: expected an error, found ${JSON.stringify(reading)}`);
    },
    error => error.message,
  );
}

let last;
for (const [name, { readings, hasChecksum }] of cases) {
  const kind = SENSOR_KINDS.find(candidate => candidate.name === name);
  const options = kind.options.parse({ bus: BUS });
  const chip = { kind, readings, address: `0x${options.address.toString(16).padStart(2, '0')}` };
  surround(chip, 0);
  const open = () => kind.open(options, host);
  const sensor = await reopenOnError(open, name, kind.channels(options), host.clock)();
  for (const number of [0, 1]) {
    surround(chip, number);
    const since = performance.now();
    process.stdout.write(`${name}: ${await check(sensor, chip, number)} (${milliseconds(since)})\n`);
  }
  for (const fault of ['no-answer', 'hang', ...(hasChecksum ? ['disturbed'] : [])]) {
    surround(chip, 1, fault);
    process.stdout.write(`  ${fault}: ${await failure(sensor)}\n`);
    surround(chip, 0);
    await check(sensor, chip, 0);
  }
  await last?.close();
  last = sensor;
}

chips.kill();
await once(chips, 'exit');
process.stdout.write(`no program: ${await failure(last)}\n`);
await last.close();
process.stdout.write(`all ${cases.length} kinds on I2C are read through the kernel\n`);
