// Simulates chips on the bus of the module i2cuser with the project's models, in surroundings that a file describes.
//
//   node i2c-chips.mjs DIST CHIPS.json
//
// DIST is the project's build. CHIPS.json is read again when it changes. It has a chip per address, by the name of its kind, with a number
// for each quantity of the kind's surroundings:
//   { "0x44": { "chip": "sht3x", "temperature": 21.5, "humidity": 40 },
//     "0x40": { "chip": "ina219", "busVoltage": 5, "shuntVoltage": 0.01 } }
// A chip may have a fault: "no-answer", "disturbed" (an inverted bit in each answer), "hang" (it blocks the bus for a second a
// message). No chip answers at an address that is left out. A chip that comes back has lost its supply meanwhile.

import { openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/** struct head of i2cuser.c */
const HEAD = { size: 16, status: 4, address: 8, isRead: 10, length: 12 };
const LONGEST = 8192;

/** The errors of the controller of a Raspberry Pi. */
const NOBODY = -121;
const LATE = 'ESTALE';

const [dist, file] = process.argv.slice(2);
if (file === undefined) throw new Error('expected: node i2c-chips.mjs DIST CHIPS.json');

const { SENSOR_KINDS, systemClock, usualOptions } = await import(
  pathToFileURL(resolve(dist, 'device/index.js')).href
);

const now = () => performance.now() / 1000;

/** A model of a kind's chip that calls `at` for its surroundings whenever it measures. */
function modelOf(name, at) {
  const kind = SENSOR_KINDS.find(candidate => candidate.name === name);
  if (kind?.chip === undefined) throw new Error(`expected a kind on I2C, found ${name}`);
  const options = usualOptions(kind);
  const quantities = Object.keys(kind.chip.surroundings(1, systemClock, options));
  const surroundings = Object.fromEntries(quantities.map(quantity => [quantity, () => at(quantity)]));
  return kind.chip.model(surroundings, now, options);
}

/** The content of the file, by address. */
let wanted = {};
let readAt = 0;
const chips = new Map();

function look() {
  const { mtimeMs } = statSync(file);
  if (mtimeMs === readAt) return;
  try {
    wanted = JSON.parse(readFileSync(file, 'utf8'));
    readAt = mtimeMs;
  } catch {
    // The file is being written: its former content counts until then.
    return;
  }
  for (const [address, { name }] of chips) if (wanted[address]?.chip !== name) chips.delete(address);
}

function chipAt(address) {
  const surroundings = wanted[address];
  if (surroundings === undefined || surroundings.fault === 'no-answer') return undefined;
  let there = chips.get(address);
  if (there === undefined) {
    const name = surroundings.chip;
    const at = quantity => {
      const value = wanted[address]?.[quantity];
      if (value === undefined) throw new Error(`${name} at ${address}: expected ${quantity} in ${file}`);
      return value;
    };
    there = { name, wires: modelOf(name, at) };
    chips.set(address, there);
  }
  return there.wires;
}

/** The bytes of an answer; undefined without an acknowledge. */
function answerTo(address, isRead, length, bytes) {
  const chip = chipAt(address);
  if (chip === undefined) return undefined;
  if (!isRead) return chip.write(bytes) ? new Uint8Array(0) : undefined;
  const answer = chip.read(length);
  if (answer !== undefined && wanted[address].fault === 'disturbed') answer[0] ^= 0x10;
  return answer;
}

const device = openSync('/dev/i2cuser', 'r+');
const message = Buffer.alloc(HEAD.size + LONGEST);
process.stdout.write('ready\n');
for (;;) {
  const size = readSync(device, message);
  look();
  const address = `0x${message.readUInt16LE(HEAD.address).toString(16).padStart(2, '0')}`;
  if (wanted[address]?.fault === 'hang') continue;
  const isRead = message.readUInt16LE(HEAD.isRead) === 1;
  const length = message.readUInt16LE(HEAD.length);
  const answer = answerTo(address, isRead, length, Uint8Array.from(message.subarray(HEAD.size, size)));
  const head = Buffer.from(message.subarray(0, HEAD.size));
  head.writeInt32LE(answer === undefined ? NOBODY : 0, HEAD.status);
  try {
    writeSync(device, Buffer.concat([head, answer ?? new Uint8Array(0)]));
  } catch (error) {
    if (error.code !== LATE) throw error;
  }
}
