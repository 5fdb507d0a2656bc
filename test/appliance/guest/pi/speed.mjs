// Measures dapberry in turns with a plain Python server on the same machine, and prints their ratios as comments of TAP.
//
//   node speed.mjs APP PYTHON
//
// APP has the program, and below test/bench/servers the server of the benches. Rates are by the processor time of the server, because
// the reader takes time on the same processors. Each figure is the median of five rounds, with the least and the greatest.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';

const [app, python] = process.argv.slice(2);
const PEER = join(import.meta.dirname, 'speed.py');
const ROUNDS = 5;
const ROW_BYTES = 28;
const WARM_UP_SECONDS = 10;
const SETTLE_SECONDS = 0.5;
const SECONDS = 2.5;
const REST_SECONDS = 20;

/** Rows of the full log, one a millisecond, and the end of the window that is requested again and again. */
const LOG_ROWS = 2 ** 17;
const WINDOW_END = 1_000_000_000 + 100;

const { Decoder } = await import(join(app, 'dist/dap/index.js'));

let checks = 0;
function ok(sentence, holds) {
  checks += 1;
  process.stdout.write(`${holds ? 'ok' : 'not ok'} ${checks} - ${sentence}\n`);
}

class Server {
  constructor(command, args) {
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  async port(pattern = /(\d+)/) {
    let printed = '';
    for await (const text of this.child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      printed += text;
      const [, port] = pattern.exec(printed) ?? [];
      if (port !== undefined) return Number(port);
    }
    throw new Error(`expected a port in the output of a server, found ${JSON.stringify(printed)}`);
  }

  /** Processor time so far in seconds, in steps of 10 ms. */
  get processorTime() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  get resident() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) / 1024;
  }

  async stop() {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

/**
 * Reads a path, again and again if it ends, and counts the units that `count` finds, once the server has taken `settle` seconds of
 * processor time after the first bytes: until it has taken `seconds` more. Returns units a second.
 */
async function read(server, port, path, settle, seconds, count) {
  let [units, from, begun] = [0, undefined, undefined];
  for (;;) {
    const request = get({ host: '127.0.0.1', port, path });
    const [response] = await once(request, 'response');
    if (response.statusCode !== 200) throw new Error(`${path}: expected 200, found ${response.statusCode}`);
    for await (const chunk of response) {
      const now = server.processorTime;
      from ??= now + settle;
      if (begun !== undefined) units += count(chunk);
      else if (now >= from) begun = now;
      if (begun !== undefined && now >= begun + seconds) {
        request.destroy();
        return units / (now - begun);
      }
    }
  }
}

const rowsOf = chunk => chunk.length / ROW_BYTES;

function linesOf(chunk) {
  let lines = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/** The first bytes of a response. */
async function beginning(port, path, length) {
  const request = get({ host: '127.0.0.1', port, path });
  const [response] = await once(request, 'response');
  const chunks = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= length) break;
  }
  request.destroy();
  return Buffer.concat(chunks);
}

/** Whether a row is of a TMP36 whose time is later than that of the row before. */
const isRow = ([time, voltage, temperature], last) =>
  time > last && Math.abs(voltage - 500 - 10 * temperature) < 1e-6;

async function checkRows(who, port, path) {
  const decoder = new Decoder();
  let [rows, last, right] = [0, Number.NEGATIVE_INFINITY, true];
  for (const { batch } of decoder.push(await beginning(port, path, 100_000))) {
    // The description comes first.
    if (batch === undefined) continue;
    for (let row = 0; row < batch.length; row += 1) {
      const values = batch.columns.map(column => column[row]);
      right &&= isRow(values, last);
      [last] = values;
    }
    rows += batch.length;
  }
  ok(`${who} sends rows at ${path}`, right && rows > 3000);
}

async function checkText(who, port, path) {
  const lines = String(await beginning(port, path, 20_000))
    .split('\n')
    .slice(0, -1);
  const rows = lines.map(line => line.split(', ').map(Number)).filter(([time]) => time > 0);
  const right = rows.every((row, index) => isRow(row, rows[index - 1]?.[0] ?? 0));
  ok(`${who} sends text at ${path}`, right && rows.length > 300);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function spread(values, digits) {
  const text = value => value.toFixed(digits);
  return `${text(median(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))})`;
}

/** Ratios of rounds in turns, and the figures of both. */
function report(what, unit, rounds, digits = 1) {
  const ratios = rounds.map(({ ours, peer }) => ours / peer);
  const figures = ['ours', 'peer'].map(key =>
    spread(
      rounds.map(round => round[key]),
      digits,
    ),
  );
  process.stdout.write(
    `# ${what} | ${spread(ratios, 2)} | dapberry ${figures[0]}, Python ${figures[1]} ${unit}\n`,
  );
}

const benchServer = join(app, 'test/bench/servers/dapberry.mjs');
const datasets = [{ kind: 'computed' }, { kind: 'full', rows: LOG_ROWS }];

async function streams() {
  const ours = new Server(process.execPath, [benchServer, JSON.stringify({ datasets })]);
  const peer = new Server(python, [PEER]);
  try {
    const [port, peerPort] = [await ours.port(), await peer.port()];
    await checkRows('dapberry', port, '/computed.dods');
    await checkRows('Python', peerPort, '/computed.dods');
    await checkText('dapberry', port, '/computed.asc');
    await checkText('Python', peerPort, '/computed.asc');
    const items = [
      ['computed rows', '/computed.dods', '/computed.dods', rowsOf],
      ['replay of rows in memory', `/full.dods?&time<${WINDOW_END}`, '/kept.dods', rowsOf],
      ['computed rows as text', '/computed.asc', '/computed.asc', linesOf],
    ];
    for (const [what, path, peerPath, count] of items) {
      await read(ours, port, path, WARM_UP_SECONDS, SETTLE_SECONDS, count);
      await read(peer, peerPort, peerPath, SETTLE_SECONDS, SETTLE_SECONDS, count);
      const rounds = [];
      for (let round = 0; round < ROUNDS; round += 1)
        rounds.push({
          ours: (await read(ours, port, path, SETTLE_SECONDS, SECONDS, count)) / 1000,
          peer: (await read(peer, peerPort, peerPath, SETTLE_SECONDS, SECONDS, count)) / 1000,
        });
      report(what, 'thousand rows a second of processor time', rounds);
    }
    return await beginning(port, `/full.dods?&time<${WINDOW_END}`, 1_000_000);
  } finally {
    await Promise.all([ours.stop(), peer.stop()]);
  }
}

/** Decodes the same whole rows by the decoder of the library and by `struct`. */
async function decoding(bytes) {
  const from = bytes.indexOf('\nData:\n') + '\nData:\n'.length;
  const head = bytes.subarray(0, from);
  const rows = bytes.subarray(from, from + Math.floor((bytes.length - from) / ROW_BYTES) * ROW_BYTES);
  writeFileSync('/tmp/rows', rows);
  const decoder = new Decoder();
  decoder.push(head);
  const decodeOnce = () => {
    let count = 0;
    for (let at = 0; at < rows.length; at += 65_536)
      for (const { batch } of decoder.push(rows.subarray(at, at + 65_536))) count += batch.length;
    return count;
  };
  ok('the decoder finds every row', decodeOnce() === rows.length / ROW_BYTES);
  const seconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const rate = span => {
    const begun = seconds();
    let count = 0;
    while (seconds() < begun + span) count += decodeOnce();
    return count / (seconds() - begun) / 1000;
  };
  rate(WARM_UP_SECONDS);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const ours = rate(SECONDS);
    const { stdout } = spawnSync(python, [PEER, 'decode', '/tmp/rows'], { encoding: 'utf8' });
    rounds.push({ ours, peer: median(JSON.parse(stdout)) / 1000 });
  }
  report('decoding of rows', 'thousand rows a second of processor time', rounds);
}

/** Seconds from the start of a program to the first row, on the clock, and its memory at rest after that. */
async function start(command, args, pattern, path) {
  const begun = performance.now();
  const server = new Server(command, args);
  try {
    const port = await server.port(pattern);
    const [response] = await once(get({ host: '127.0.0.1', port, path }), 'response');
    let text = '';
    for await (const chunk of response) {
      text += chunk;
      // The first line names the columns.
      if (text.split('\n').length > 2) break;
    }
    const seconds = (performance.now() - begun) / 1000;
    return {
      seconds,
      row: text.split('\n')[1],
      memory: async () => {
        await new Promise(done => setTimeout(done, REST_SECONDS * 1000));
        return server.resident;
      },
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function starts() {
  const serve = ['serve', '--host', '127.0.0.1', '--port', '0', '--simulate'];
  const [rounds, memory] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    const node = (performance.now() - begun) / 1000;
    // The name of the dataset that a server without a configuration has.
    const ours = await start(
      process.execPath,
      [join(app, 'dist/server/main.js'), ...serve],
      /127\.0\.0\.1:(\d+)/,
      '/roberrypi.csv?&time>=0',
    );
    const resident = round === ROUNDS - 1 ? await ours.memory() : undefined;
    await ours.stop();
    const peer = await start(python, [PEER], /(\d+)/, '/computed.asc');
    if (resident !== undefined) memory.push(resident, await peer.memory());
    await peer.stop();
    rounds.push({ ours: ours.seconds, peer: peer.seconds, node });
    if (round === 0) ok('both give a first row', /^[^,]+,/.test(ours.row) && /^[^,]+,/.test(peer.row));
  }
  report('from the start to the first row', 'seconds on the clock', rounds);
  const node = median(rounds.map(round => round.node));
  process.stdout.write(`# the same: \`node -e 0\` alone takes ${node.toFixed(1)} s\n`);
  const [ours, peer] = memory;
  process.stdout.write(
    `# memory at rest, ${REST_SECONDS} s after the first row | ${(ours / peer).toFixed(2)} | dapberry ${ours.toFixed(1)}, Python ${peer.toFixed(1)} MB\n`,
  );
}

await decoding(await streams());
await starts();
process.stdout.write(`1..${checks}\n`);
