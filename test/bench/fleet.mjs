#!/usr/bin/env node
// Measures a fleet: simulated Pis into three servers of NATS, two gateways and readers; the delay from sample to reader, memory and CPU.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { follow } from '../../build/dap/client/index.js';
import { ROOT, sleep } from './processes.mjs';

const [datasets = 2000, busy = 200, readers = 100, seconds = 30] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'bench-fleet-'));
const children = [];

async function freePort() {
  const server = createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

/** Starts a program, and resolves with its process when its output has what is expected. */
async function start(program, args, expected) {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let text = '';
  await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', data => {
        text += data;
        if (expected.test(text)) resolve();
      });
    child.once('exit', code => reject(new Error(`${program} has ended (${code}): ${text.slice(-1000)}`)));
  });
  return { child, text: () => text };
}

function usage({ pid }) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return {
    resident: (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024) / 1e6,
    processor: (Number(fields[11]) + Number(fields[12])) / 100,
  };
}

const line = (what, value) => console.log(`| ${what} | ${value} |`);

async function measured(what, parts, duration) {
  const before = parts.map(({ child }) => usage(child));
  await sleep(duration);
  parts.forEach(({ child }, index) => {
    const { resident, processor } = usage(child);
    const cores = (processor - before[index].processor) / duration;
    line(`${what}, ${parts[index].name}`, `${resident.toFixed(0)} MB, ${cores.toFixed(3)} cores`);
  });
}

try {
  const ports = await Promise.all(Array.from({ length: 3 }, freePort));
  const routes = await Promise.all(Array.from({ length: 3 }, freePort));
  const nats = await Promise.all(
    ports.map(async (port, index) => {
      const file = join(folder, `n${index}.conf`);
      writeFileSync(
        file,
        `host: 127.0.0.1\nport: ${port}\nserver_name: n${index}\njetstream { store_dir: "${folder}/n${index}" }\n` +
          `cluster { name: fleet, listen: "127.0.0.1:${routes[index]}", routes: [${routes.map(at => `nats-route://127.0.0.1:${at}`).join(', ')}] }\n`,
      );
      return {
        ...(await start('/usr/sbin/nats-server', ['-c', file], /Server is ready/)),
        name: `NATS ${index}`,
      };
    }),
  );
  const servers = ports.map(port => `nats://127.0.0.1:${port}`);
  const begun = performance.now();
  const options = JSON.stringify({ servers, datasets, busy, replicas: 3 });
  const pis = {
    ...(await start(process.execPath, [join(ROOT, 'test/bench/servers/fleet-pis.mjs'), options], /ready/)),
    name: `${datasets} Pis`,
  };
  console.log(`| fleet | ${datasets} datasets, ${busy} with a row a second, ${readers} readers |\n|---|---|`);
  line('all Pis connected after', `${((performance.now() - begun) / 1000).toFixed(1)} s`);
  const gateways = [];
  for (const name of ['gateway 0', 'gateway 1']) {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(
      file,
      `server: {maxStreams: 5000, maxStreamsPerAddress: 5000}\nfleet: {nats: {servers: ${JSON.stringify(servers)}}}\n`,
    );
    const args = [
      join(ROOT, 'dist/server/main.js'),
      'serve',
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--config',
      file,
    ];
    const at = performance.now();
    const gateway = await start(process.execPath, args, /live page {3}(\S+)/);
    const url = /live page {3}(\S+)/.exec(gateway.text())[1];
    const { datasets: listed } = await (await fetch(`${url}catalog.json`)).json();
    line(
      `${name} lists ${listed.length} datasets after`,
      `${((performance.now() - at) / 1000).toFixed(1)} s`,
    );
    gateways.push({ ...gateway, name, url });
  }
  await sleep(5);
  await measured('at rest', gateways, seconds);
  const delays = [];
  const stop = new AbortController();
  let isCounting = false;
  const rows = Array(readers).fill(0);
  const reading = Array.from({ length: readers }, async (_, index) => {
    const { url } = gateways[index % 2];
    const stream = follow(`${url}pi${index % busy}`, { constraint: 'time,c0', signal: stop.signal });
    for await (const { columns } of stream) {
      const now = Date.now() / 1000;
      if (!isCounting) continue;
      rows[index] += columns[0].length;
      for (const time of columns[0]) delays.push(now - time);
    }
  });
  for (const one of reading) one.catch(() => undefined);
  await sleep(10);
  isCounting = true;
  await measured(`${readers} readers`, [...gateways, ...nats, pis], seconds);
  isCounting = false;
  delays.sort((a, b) => a - b);
  const at = part => `${(delays[Math.floor(part * (delays.length - 1))] * 1000).toFixed(1)} ms`;
  line('rows read', `${delays.length}, the fewest of a reader ${Math.min(...rows)} in ${seconds} s`);
  line('from sample to reader', `median ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}`);
  const asked = performance.now();
  const { datasets: newest } = await (await fetch(`${gateways[0].url}latest.json`)).json();
  line('latest.json, first', `${newest.length} datasets in ${(performance.now() - asked).toFixed(0)} ms`);
  await sleep(3);
  const again = performance.now();
  const answer = await (await fetch(`${gateways[0].url}latest.json`)).json();
  const known = answer.datasets.filter(({ time }) => time !== null).length;
  line('latest.json, 3 s later', `${known} with rows, in ${(performance.now() - again).toFixed(0)} ms`);
  await measured('while the wall is watched', [gateways[0]], 10);
  stop.abort();
  await Promise.allSettled(reading);
} finally {
  for (const child of children) child.kill('SIGKILL');
  await sleep(0.5);
  rmSync(folder, { recursive: true, force: true });
}
