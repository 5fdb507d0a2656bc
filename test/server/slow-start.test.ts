import { afterEach, expect, it } from 'vitest';
import { Server } from './history/server-process.ts';

let server: Server | undefined;
afterEach(() => server?.end('SIGKILL'));

/** Lets the timeout of Fastify's plugins, ten seconds, end before they are loaded: a small machine may take that long at the boot. */
const SLOW_MACHINE = `
const later = globalThis.setTimeout;
globalThis.setTimeout = (work, delay, ...values) => later(work, delay === 10_000 ? 0 : delay, ...values);
`;

it('starts however long a slow machine takes to load the parts of the server', async () => {
  server = new Server(['--simulate'], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SLOW_MACHINE)}`,
  });
  expect((await server.health()).status).toBe('ok');
});
