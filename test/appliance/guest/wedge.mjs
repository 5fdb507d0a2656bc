// Wedges a server that loads it: SIGUSR2 blocks the event loop, SIGPWR stops only the samplers.

import { systemClock } from '../../../dist/device/index.js';

process.on('SIGUSR2', () => {
  for (;;);
});
process.on('SIGPWR', () => {
  systemClock.sleepUntil = () => new Promise(() => {});
});
