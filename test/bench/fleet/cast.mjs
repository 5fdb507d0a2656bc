// Makes the programs of the bench of a fleet: three servers of NATS, gateways, nginx before them, Pis and readers.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../processes.mjs';
import { freePort, Program } from './program.mjs';

const HERE = join(ROOT, 'test/bench/fleet');

/** The address of this machine for programs on it. */
const LOOPBACK = '127.0.0.1';

/** Three servers of a cluster. @param host the address for clients */
export async function natsServers(folder, host) {
  const ports = await Promise.all(Array.from({ length: 3 }, () => freePort(host)));
  const routes = await Promise.all(Array.from({ length: 3 }, () => freePort()));
  const others = routes.map(port => `nats-route://${LOOPBACK}:${port}`).join(', ');
  return ports.map((port, index) => {
    const name = `n${index}`;
    const file = join(folder, `${name}.conf`);
    writeFileSync(
      file,
      `host: "${host}"\nport: ${port}\nserver_name: ${name}\njetstream { store_dir: "${folder}/${name}" }\n` +
        `cluster { name: fleet, listen: "${LOOPBACK}:${routes[index]}", routes: [${others}] }\n`,
    );
    const program = new Program({
      name,
      command: 'nats-server',
      args: ['-c', file],
      ready: /Server is ready/,
    });
    return Object.assign(program, { url: `nats://${host}:${port}` });
  });
}

export async function gateway({ folder, name, servers, pattern = '*' }) {
  const port = await freePort();
  const file = join(folder, `${name}.yaml`);
  // All readers of the bench have one address.
  const server = '{maxStreams: 100000, maxStreamsPerAddress: 100000, announce: false}';
  const nats = `{servers: ${JSON.stringify(servers)}}`;
  writeFileSync(file, `server: ${server}\nfleet: {nats: ${nats}, datasets: "${pattern}"}\n`);
  const main = join(ROOT, 'dist/server/main.js');
  const program = new Program({
    name,
    command: process.execPath,
    args: [main, 'serve', '--host', LOOPBACK, '--port', String(port), '--config', file],
    ready: /live page {3}(\S+)/,
  });
  return Object.assign(program, { at: `${LOOPBACK}:${port}`, url: `http://${LOOPBACK}:${port}/` });
}

/** The configuration of nginx in docs/fleet.md, for these gateways. */
function documentedNginx(gateways, port) {
  const text = readFileSync(join(ROOT, 'docs/fleet.md'), 'utf8');
  const [, block] = /```\n(upstream gateways \{[\s\S]*?)```/.exec(text) ?? [];
  if (block === undefined)
    throw new Error('expected the block "upstream gateways" in docs/fleet.md, found none');
  const [one, other] = gateways.map(({ at }) => at);
  return block
    .replace('gateway1.example.org:8080', one)
    .replace('gateway2.example.org:8080', other)
    .replace('listen 80;', `listen ${LOOPBACK}:${port};`);
}

export async function nginx(folder, gateways) {
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(name => `${name}_temp_path ${folder}/${name};`)
    .join('\n');
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log notice;
events { worker_connections 16000; }
http { access_log off; ${temporary}
${documentedNginx(gateways, port)} }
`,
  );
  const url = `http://${LOOPBACK}:${port}/`;
  const program = new Program({
    name: 'nginx',
    command: 'nginx',
    args: ['-p', folder, '-c', file, '-e', 'stderr'],
    ready: () =>
      fetch(`${url}health`).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
  return Object.assign(program, { url });
}

export function pis(folder, options, network) {
  const own = join(folder, 'pis');
  mkdirSync(own, { recursive: true });
  const args = [join(HERE, 'pis.mjs'), JSON.stringify({ ...options, folder: own })];
  const [command, all] = network?.inside(process.execPath, args) ?? [process.execPath, args];
  return new Program({ name: 'Pis', command, args: all, ready: /^ready$/m });
}

export function readers(name, options) {
  const args = [join(HERE, 'readers.mjs'), JSON.stringify(options)];
  return new Program({ name, command: process.execPath, args, ready: /^ready$/m });
}
