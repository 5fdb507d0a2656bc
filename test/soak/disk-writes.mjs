// Runs the built server for some minutes, and exits with 1 if it writes to disk: `node test/soak/disk-writes.mjs [MINUTES]`.
//
// The kernel counts what a process has written to storage (proc(5), /proc/PID/io, write_bytes). The server watches its configuration, has
// three streams, a sensor that fails, a client that reads its pages every five seconds, and one reload.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const minutes = Number(process.argv[2] ?? 10);
const command = resolve(import.meta.dirname, '../../dist/server/main.js');
const folder = mkdtempSync(join(tmpdir(), 'dapberry-'));
const config = join(folder, 'config.yaml');
writeFileSync(
  config,
  `datasets:
  garden: { interval: 0.1, sensors: [{ kind: tmp36-simulated }, { kind: host-load }, { kind: host-network }] }
  quick: { interval: 0, sensors: [{ kind: tmp36-simulated, name: quick }] }
  wire: { interval: 1, sensors: [{ kind: ds18b20, address: 28-00000000beef }] }
`,
);
const child = spawn(
  process.execPath,
  [command, 'serve', '--config', config, '--host', '127.0.0.1', '--port', '0'],
  {
    stdio: ['ignore', 'pipe', 'pipe'],
  },
);
let logged = '';
child.stderr.on('data', data => {
  logged += data;
});
let printed = '';
while (!/live page +(http:\S+)/.test(printed)) printed += (await once(child.stdout, 'data'))[0];
const [, address] = /live page +(http:\S+)/.exec(printed);

const counters = () => {
  const io = readFileSync(`/proc/${child.pid}/io`, 'utf8');
  return Object.fromEntries(
    ['wchar', 'write_bytes'].map(name => [name, Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(io)[1])]),
  );
};
const ending = new AbortController();
for (const path of ['garden.dods', 'garden.asc', 'wire.dods']) {
  const { body } = await fetch(address + path, { signal: ending.signal });
  void body.pipeTo(new WritableStream()).catch(() => {});
}
const before = counters();
const end = performance.now() + minutes * 60_000;
for (let look = 0; performance.now() < end; look += 1) {
  for (const path of ['', 'health', 'metrics', 'catalog.json', 'garden.das', 'garden.info'])
    await (await fetch(address + path)).arrayBuffer();
  if (look === 2) child.kill('SIGHUP');
  await delay(5000);
}
const after = counters();
const [, rss] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
ending.abort();
child.kill('SIGTERM');
await once(child, 'close');
rmSync(folder, { recursive: true });
const written = after.write_bytes - before.write_bytes;
console.log(
  `${minutes} minutes: ${written} bytes to storage, ${after.wchar - before.wchar} to sockets and pipes, ${logged.trim().split('\n').length} lines of log, ${rss} kB resident`,
);
process.exit(written === 0 ? 0 : 1);
