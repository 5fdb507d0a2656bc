// Checks an MCP3008 at four lines of the kernel and a switch at a fifth, through onoff and the character device.
//
// Run it in a guest that has the module mcp3008sim and no other chip of a Raspberry Pi's header:
//
//   node mcp3008-lines.mjs DIST

import { deepStrictEqual, match, ok } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { setTimeout as pass } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [dist] = process.argv.slice(2);
if (dist === undefined) throw new Error('expected: node mcp3008-lines.mjs DIST');
const { SENSOR_KINDS, thisHost } = await import(pathToFileURL(resolve(dist, 'device/index.js')).href);

const REFERENCE = 3300;
const ALL = ['CH0', 'CH1', 'CH2', 'CH3', 'CH4', 'CH5', 'CH6', 'CH7'];
const PARAMETERS = '/sys/module/mcp3008sim/parameters';
const tell = (name, value) => writeFileSync(`${PARAMETERS}/${name}`, String(value));
const ask = name => readFileSync(`${PARAMETERS}/${name}`, 'utf8').trim();
const say = sentence => process.stdout.write(`${sentence}\n`);

/** The exported lines and the requested interrupts. */
const exported = () => readdirSync('/sys/class/gpio').filter(name => /^gpio\d+$/.test(name));
const interrupts = () =>
  readFileSync('/proc/interrupts', 'utf8')
    .split('\n')
    .filter(text => /gpiolib|dapberry/.test(text));

const { signal } = new AbortController();
const host = thisHost(1);
const open = (name, options) => {
  const kind = SENSOR_KINDS.find(candidate => candidate.name === name);
  return kind.open(kind.options.parse(options), host);
};

/** A reading, or the reason of its failure; repeated if this busy machine was too slow for it. */
async function outcome(sensor) {
  for (let times = 0; ; times++) {
    const found = await sensor.read({ signal }).catch(error => error);
    if (!(found instanceof Error)) return [...found];
    if (times === 100 || !/too busy or too slow/.test(found.message)) return found.message;
  }
}

/** A voltage rounded to ten bits. */
const told = millivolts => (Math.floor((millivolts * 1024) / REFERENCE) * REFERENCE) / 1023;

for (const way of ['sysfs', 'character-device']) {
  const volts = [750, 0, 400, 1, 1234, 3299, 1650, 2000];
  tell('millivolts', volts);
  const sensor = await open('mcp3008', { inputs: [...ALL, 'CH6-CH7', 'CH7-CH6'], interface: way });
  deepStrictEqual(exported().length, way === 'sysfs' ? 4 : 0);
  const since = performance.now();
  const reading = await outcome(sensor);
  const took = (performance.now() - since) / reading.length;
  deepStrictEqual(reading, [...volts, 0, 350].map(told));
  say(`${way}: ${reading.map(value => value.toFixed(0)).join(' ')} mV, ${took.toFixed(1)} ms a conversion`);

  tell('noise', 2);
  deepStrictEqual((await outcome(sensor))[0], told(750));
  tell('noise', 3);
  match(await outcome(sensor), /expected the same result twice/);

  const before = Number(ask('conversions'));
  tell('millivolts', Array(8).fill(0));
  match(await outcome(sensor), /expected an MCP3008, found 0 at all of its inputs/);
  ok(Number(ask('conversions')) > before);
  tell('present', 0);
  say(`${way}, no chip: ${await outcome(sensor)}`);
  tell('present', 1);
  tell('millivolts', volts);
  deepStrictEqual((await outcome(sensor))[0], told(750));
  await sensor.close();
  deepStrictEqual([exported(), interrupts()], [[], []]);

  const pulled = await open('mcp3008', way === 'sysfs' ? { pull: 'up' } : { pull: 'up', interface: way });
  tell('millivolts', Array(8).fill(0));
  deepStrictEqual(await outcome(pulled), [0]);
  tell('present', 0);
  match(await outcome(pulled), /expected a bit 0 before the result, found 1/);
  tell('present', 1);
  await pulled.close();
  // The resistor keeps its last setting, as on a Raspberry Pi.
  const down = await host.gpio.input(23, { pull: 'down' });
  down.close();

  tell('level', '17=0');
  const gauge = await open('gpio-input', { interface: way, debounce: 0.002 });
  deepStrictEqual(interrupts().length, 1);
  const [, from] = await gauge.read({ signal });
  for (let edge = 0; edge < 20; edge++) {
    tell('level', `17=${edge % 2 === 0 ? 1 : 0}`);
    await pass(10);
  }
  // A level counts if it has stayed since the process was notified of it, at the latest at a reading.
  await gauge.read({ signal });
  await pass(10);
  const [level, count] = await gauge.read({ signal });
  deepStrictEqual(level, 0);
  // Through onoff, several edges while this machine is busy count as one.
  ok(
    count - from === 10 || (way === 'sysfs' && count - from < 10),
    `${way}: expected 10, found ${count - from}`,
  );
  say(`${way}: ${count - from} of 10 pulses of 10 ms`);
  await gauge.close();
  deepStrictEqual([exported(), interrupts()], [[], []]);
}
say('an MCP3008 and a switch are read at real lines, both ways');
