// Measures the delay and the CPU time of rows, in turns with a bare timer at the same rate.
//
//   node sampling.mjs RATE SECONDS
//
// The timer is set to each next slot; the device has a simulated thermometer. They take turns, so that other work on the
// machine disturbs both.

import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../build/device/host/clock.js';
import { openDevice } from '../../../build/device/sampling/device.js';
import { tmp36 } from '../../../build/device/sensors/tmp36.js';

const ROUNDS = 4;

/** Slots a second, and seconds, of the warm-up: V8 compiles the code in that time. */
const WARM_UP = [1000, 0.5];

/** Milliseconds after the warm-up, for its garbage collection. */
const SETTLES = 1000;

const [rate, seconds] = process.argv.slice(2).map(Number);
const WAYS = { bare: runTimer, device: runDevice };

/** For each way: milliseconds from a slot to its reading, the number of slots, and processor time in seconds. */
const found = {};
for (const [name, run] of Object.entries(WAYS)) {
  found[name] = { errors: [], slots: 0, cpu: 0 };
  await run(...WARM_UP, [], () => {});
}
await sleep(SETTLES);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, run] of Object.entries(WAYS)) {
    const figures = found[name];
    let before;
    figures.slots += await run(rate, seconds / ROUNDS, figures.errors, () => {
      before = process.cpuUsage();
    });
    const { user, system } = process.cpuUsage(before);
    figures.cpu += (user + system) / 1e6;
  }
}
process.stdout.write(
  `${JSON.stringify(Object.fromEntries(Object.entries(found).map(([name, figures]) => [name, summary(figures)])))}\n`,
);

/** Delays in milliseconds, the share of slots that were used, and microseconds of processor time for each of them. */
function summary({ errors, slots, cpu }) {
  const sorted = [...errors].sort((a, b) => a - b);
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { p50: at(0.5), p99: at(0.99), taken: errors.length / slots, cost: (cpu / errors.length) * 1e6 };
}

/** Skips slots that are more than half of an interval past, as a device does. */
async function runTimer(rate, seconds, errors, begin) {
  const slots = Math.floor(seconds * rate);
  begin();
  const start = performance.now();
  const due = slot => start + (slot * 1000) / rate;
  let slot = 1;
  await new Promise(resolve => {
    const set = () => setTimeout(tick, due(slot) - performance.now());
    const tick = () => {
      const now = performance.now();
      errors.push(Math.abs(now - due(slot)));
      slot = Math.max(slot + 1, Math.ceil(((now - start) * rate) / 1000 - 0.5));
      if (slot <= slots) set();
      else resolve();
    };
    set();
  });
  return slots;
}

/** Measures from the first row on, which is made at once after the sensor has opened. */
async function runDevice(rate, seconds, errors, begin) {
  const slots = Math.floor(seconds * rate);
  let due;
  const clock = {
    ...systemClock,
    sleepUntil: (time, signal) => {
      due = time;
      return systemClock.sleepUntil(time, signal);
    },
  };
  const thermometer = tmp36({ seed: 2013 });
  const sensor = {
    ...thermometer,
    compute: (times, columns) => {
      if (due !== undefined) errors.push(performance.now() - due * 1000);
      thermometer.compute(times, columns);
    },
  };
  const device = await openDevice({ sensors: [async () => sensor], interval: 1 / rate, clock });
  // The wait for the sensor to open is not a wait for a slot.
  due = undefined;
  const stop = new AbortController();
  let rows = 0;
  for await (const _row of device.rows(stop.signal)) {
    if (rows === 0) begin();
    rows += 1;
    if (rows + device.missedSlots > slots) break;
  }
  stop.abort();
  await device.close();
  return slots;
}
