// Measures libraries and file servers that do parts of the same work: a decoder, writers of CSV, a database, and nginx.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, medianOf, millions, spread, yesOrNo } from '../figures.mjs';
import { peers } from '../peers/install.mjs';
import { runScript, Server, sleep } from '../processes.mjs';
import { LOG } from './throughput.mjs';

const ROUNDS = 7;
const share = value => value.toPrecision(2);

/** Runs `use` with an empty folder. */
async function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-peers-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One line: dapberry, then each peer, in rows a second of processor time; the ratio is that to the best peer in each round. */
async function library(kind, what) {
  const { dapberry, ...others } = await withFolder(folder => runScript('peers.mjs', kind, peers(), folder));
  const best = dapberry.map((_, round) => Math.max(...Object.values(others).map(rates => rates[round])));
  const ratios = dapberry.map((rate, round) => rate / best[round]);
  const figures = Object.entries(others).map(([name, rates]) => `${name} ${medianOf(rates, millions)}`);
  return [
    [
      what,
      `${medianOf(dapberry, millions)} rows/s of CPU; ${figures.join(', ')}`,
      `${median(ratios).toPrecision(2)}${spread(ratios, share)} of the best`,
      '',
      'more than the best',
      yesOrNo(median(ratios) > 1),
    ],
  ];
}

export const peerDecoder = () => library('decode', 'a whole `.dods` of 32,768 rows, decoded');
export const peerCsv = () => library('csv', 'lines of CSV, 16,384 rows of three columns');
export const peerWrite = () =>
  library('write', 'a transaction or flush of 600 rows of eleven columns, until they are durable');
export const peerRead = () => library('read', 'three columns of a day of eleven, summed');

const WINDOW = 250_000;
const PATH = `/full.dods?&time<${1_000_000_000 + WINDOW / 1000}`;

/** The same finite response, from dapberry's memory and as a file from nginx. */
export async function peerFiles() {
  const server = await Server.dapberry(LOG);
  try {
    return await withFolder(async folder => {
      const body = new Uint8Array(await (await fetch(server.url + PATH)).arrayBuffer());
      writeFileSync(join(folder, 'rows.dods'), body);
      const nginx = await startNginx(folder);
      try {
        const file = new Uint8Array(await (await fetch(`${nginx.url}/rows.dods`)).arrayBuffer());
        if (Buffer.compare(file, body) !== 0) throw new Error('nginx sends other bytes than its file has');
        const rounds = [];
        // The first round is a warm-up: the server keeps encoded rows from the second request on.
        for (let round = 0; round <= ROUNDS; round += 1) {
          const [ours, theirs] = [
            await server.read(PATH, { warmUp: 0.2, seconds: 0.7 }),
            await nginx.read('/rows.dods', { warmUp: 0.2, seconds: 0.7 }),
          ];
          if (round === 0) continue;
          const rate = ({ bytes, seconds }) => bytes / seconds;
          const perProcessor = ({ bytes, serverSeconds }) => bytes / serverSeconds;
          rounds.push({
            ours: rate(ours),
            theirs: rate(theirs),
            ratio: rate(ours) / rate(theirs),
            ofProcessor: perProcessor(ours) / perProcessor(theirs),
          });
        }
        const all = key => rounds.map(round => round[key]);
        const fine = value => value.toFixed(2);
        const mega = value => (value / 1e6).toFixed(0);
        return [
          [
            `a finite response of ${(body.length / 1e6).toFixed(0)} MB`,
            `${medianOf(all('ours'), mega)} MB/s; a file from nginx ${medianOf(all('theirs'), mega)} MB/s`,
            `${medianOf(all('ratio'), fine)} of nginx, of CPU ${fine(median(all('ofProcessor')))}`,
            '',
            '',
            '',
          ],
        ];
      } finally {
        await nginx.stop();
      }
    });
  } finally {
    await server.stop();
  }
}

async function startNginx(folder) {
  const found = spawnSync('sh', ['-c', 'PATH=$PATH:/usr/sbin command -v nginx'], { encoding: 'utf8' });
  const [program] = found.stdout.split('\n');
  if (program === '') throw new Error('expected nginx, found none: Debian package nginx-light');
  const port = await freePort();
  const config = join(folder, 'nginx.conf');
  mkdirSync(join(folder, 'temp'));
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${folder}/temp/${name};`,
  );
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; ${temp.join(' ')}
  server { listen 127.0.0.1:${port}; root ${folder}; }
}
`,
  );
  const start = `echo ${port}; exec ${program} -c ${config} -e ${folder}/error.log`;
  const nginx = await Server.start(['-c', start], Number, 'sh');
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await fetch(nginx.url).then(
        () => true,
        () => false,
      )
    )
      return nginx;
    await sleep(0.1);
  }
  await nginx.stop();
  throw new Error('nginx does not listen after ten seconds');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
