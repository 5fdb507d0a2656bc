// Simulates chips on the bus of the module i2cuser with the project's models, in surroundings that a file describes.
//
//   node i2c-chips.mjs DIST CHIPS.json
//
// DIST is the project's build. CHIPS.json is read again when it changes; it has the chips by address:
//   { "0x44": { "chip": "sht3x", "temperature": 21.5, "humidity": 40 },
//     "0x48": { "chip": "ads1115", "volts": [0.5, 1, 2, 3] },
//     "0x40": { "chip": "ina219", "busVoltage": 5, "shuntVoltage": 0.01 } }
// A chip may have a fault: "no-answer", "disturbed" (an inverted bit in each answer), "hang" (it blocks the bus for a second a
// message). An address that is left out has no chip; a chip that comes back has lost its supply meanwhile.

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

const model = name => import(pathToFileURL(resolve(dist, 'device/models', `${name}.js`)).href);
const { Ads1x15Model } = await model('ads1x15');
const { Bme280Model } = await model('bme280');
const { Ina219Model } = await model('ina219');
const { Lm75Model } = await model('lm75');
const { Mcp9808Model } = await model('mcp9808');
const { Sht3xModel } = await model('sht3x');
const { Tmp102Model } = await model('tmp102');
const { Tmp105Model } = await model('tmp105');

const now = () => performance.now() / 1000;

/** Chips by name: a model that calls `at` for its surroundings whenever it measures. */
const CHIPS = {
  ads1015: at => new Ads1x15Model({ voltage: input => at('volts')[input], now, bits: 12 }),
  ads1115: at => new Ads1x15Model({ voltage: input => at('volts')[input], now, bits: 16 }),
  bme280: at => new Bme280Model({ ...air(at), now, id: 0x60 }),
  bmp280: at => new Bme280Model({ ...air(at), now, id: 0x58 }),
  ina219: at =>
    new Ina219Model({ busVoltage: () => at('busVoltage'), shuntVoltage: () => at('shuntVoltage'), now }),
  lm75: at => new Lm75Model({ temperature: () => at('temperature'), now }),
  mcp9808: at => new Mcp9808Model({ temperature: () => at('temperature'), now }),
  sht3x: at => new Sht3xModel({ temperature: () => at('temperature'), humidity: () => at('humidity'), now }),
  tmp102: at => new Tmp102Model({ temperature: () => at('temperature'), now }),
  tmp105: at => new Tmp105Model({ temperature: () => at('temperature'), now }),
};

function air(at) {
  return {
    temperature: () => at('temperature'),
    pressure: () => at('pressure'),
    humidity: () => at('humidity'),
  };
}

/** The content of the file, by address. */
let told = {};
let toldAt = 0;
const chips = new Map();

function look() {
  const { mtimeMs } = statSync(file);
  if (mtimeMs === toldAt) return;
  try {
    told = JSON.parse(readFileSync(file, 'utf8'));
    toldAt = mtimeMs;
  } catch {
    // The file is being written: its former content counts until then.
    return;
  }
  for (const [address, { name }] of chips) if (told[address]?.chip !== name) chips.delete(address);
}

function chipAt(address) {
  const surroundings = told[address];
  if (surroundings === undefined || surroundings.fault === 'no-answer') return undefined;
  let there = chips.get(address);
  if (there === undefined) {
    const name = surroundings.chip;
    const make = CHIPS[name];
    if (make === undefined) throw new Error(`expected a chip of ${Object.keys(CHIPS)}, found ${name}`);
    const at = quantity => {
      const value = told[address]?.[quantity];
      if (value === undefined) throw new Error(`${name} at ${address}: expected ${quantity} in ${file}`);
      return value;
    };
    there = { name, wires: make(at) };
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
  if (answer !== undefined && told[address].fault === 'disturbed') answer[0] ^= 0x10;
  return answer;
}

const device = openSync('/dev/i2cuser', 'r+');
const message = Buffer.alloc(HEAD.size + LONGEST);
process.stdout.write('ready\n');
for (;;) {
  const size = readSync(device, message);
  look();
  const address = `0x${message.readUInt16LE(HEAD.address).toString(16).padStart(2, '0')}`;
  if (told[address]?.fault === 'hang') continue;
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
