#!/usr/bin/env node
// A timer with nothing else to do: `bare-timer.mjs MILLISECONDS` prints, for each line that it reads, how many of its slots it has
// missed since the start. What it misses, the machine was too busy for.

const interval = Number(process.argv[2]);
const slotNow = () => Math.floor(performance.now() / interval);
let last = slotNow();
let missed = 0;

function wait() {
  setTimeout(take, (last + 1) * interval - performance.now());
}

function take() {
  const slot = slotNow();
  missed += Math.max(0, slot - last - 1);
  last = Math.max(slot, last);
  wait();
}

wait();
process.stdin.on('data', () => process.stdout.write(`${missed}\n`));
// The program that started it is gone.
process.stdin.on('end', () => process.exit());
