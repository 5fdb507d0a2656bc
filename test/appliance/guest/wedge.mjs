// How does a test wedge a server from outside? Loaded before it: SIGUSR2 blocks its event loop, SIGPWR stops its samplers alone.

import { systemClock } from '../../../dist/device/host/clock.js';

process.on('SIGUSR2', () => {
  for (;;);
});
process.on('SIGPWR', () => {
  systemClock.sleepUntil = () => new Promise(() => {});
});
