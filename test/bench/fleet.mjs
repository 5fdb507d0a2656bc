#!/usr/bin/env node
// Measures a fleet: Pis into three servers of NATS, two gateways behind nginx, and readers, while one part after another fails.

import { parseArgs } from 'node:util';
import { measureFleet } from './fleet/measure.mjs';

const NUMBERS = {
  /** Datasets in the stream, and those of them with a row a second. */
  datasets: 2000,
  busy: 200,
  readers: 2000,
  processes: 2,
  /** Seconds of each measurement without a fault, and of the cut of the network. */
  seconds: 30,
  cut: 60,
};

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    ...Object.fromEntries(Object.keys(NUMBERS).map(name => [name, { type: 'string' }])),
  },
});
const options = Object.fromEntries(
  Object.entries(NUMBERS).map(([name, usual]) => [name, Number(values[name] ?? usual)]),
);
const wrong = Object.entries(options).find(([, value]) => !(Number.isInteger(value) && value > 0));
if (wrong !== undefined) {
  process.stderr.write(`--${wrong[0]}: expected a whole number from 1 on, found ${values[wrong[0]]}\n`);
  process.exit(2);
}

const say = values.json ? () => {} : text => process.stdout.write(`${text}\n`);
const result = await measureFleet(options, say);
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
