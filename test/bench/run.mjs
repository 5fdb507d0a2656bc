#!/usr/bin/env node
// Runs the benches and prints their table: `npm run bench [NAME ...]`, all of them by default.

import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { table } from './figures.mjs';
import { arrays } from './items/arrays.mjs';
import { beside } from './items/beside.mjs';
import { decoder } from './items/decoder.mjs';
import { fanOut } from './items/fan-out.mjs';
import { growth } from './items/growth.mjs';
import { firstRow, replayFromDisk } from './items/history-read.mjs';
import { start } from './items/history-start.mjs';
import { thinned } from './items/history-thinned.mjs';
import { daySize, flush, merge } from './items/history-write.mjs';
import { idle } from './items/idle.mjs';
import { netcdf } from './items/netcdf.mjs';
import { pageFrames } from './items/page-frames.mjs';
import { pageOpen } from './items/page-open.mjs';
import { peerCsv, peerDecoder, peerFiles, peerRead, peerWrite } from './items/peers.mjs';
import { footprint } from './items/process.mjs';
import { sampling } from './items/sampling.mjs';
import { start as programStart } from './items/start.mjs';
import { ascii, computed, csv, eight, ndjson, replay, selection } from './items/throughput.mjs';
import { compileReader, ROOT } from './processes.mjs';

/** Each bench returns lines of the table: what, measured, ratio, cost, goal, reached. */
const BENCHES = {
  computed,
  eight,
  replay,
  selection,
  ascii,
  netcdf,
  csv,
  ndjson,
  arrays,
  decoder,
  'fan-out': fanOut,
  idle,
  growth,
  start: programStart,
  process: footprint,
  beside,
  sampling,
  'history-size': daySize,
  'history-flush': flush,
  'history-merge': merge,
  'history-first-row': firstRow,
  'history-replay': replayFromDisk,
  'history-start': start,
  'history-thinned': thinned,
  'page-frames': pageFrames,
  'page-open': pageOpen,
  'peer-decoder': peerDecoder,
  'peer-csv': peerCsv,
  'peer-write': peerWrite,
  'peer-read': peerRead,
  'peer-files': peerFiles,
};

const HEAD = ['what', 'measured', 'ratio', 'server CPU', 'goal', 'reached'];

const names = process.argv.slice(2);
const unknown = names.filter(name => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  process.stderr.write(
    `expected names of benches (${Object.keys(BENCHES).join(', ')}), found ${unknown.join(', ')}\n`,
  );
  process.exit(2);
}

const { status } = spawnSync('npm', ['run', '--silent', 'build', '--', '--logLevel', 'warn'], {
  cwd: ROOT,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);
compileReader();

const load = () => `load ${loadavg()[0].toFixed(1)}`;
const [processor] = cpus();
process.stdout.write(`${cpus().length} x ${processor.model}, Node ${process.versions.node}, ${load()}\n\n`);
const lines = [];
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  process.stderr.write(`${name} ...\n`);
  try {
    lines.push(...(await BENCHES[name]()));
  } catch (error) {
    process.exitCode = 1;
    lines.push([name, `failed: ${error.message.split('\n')[0]}`, '', '', '', 'no']);
  }
}
process.stdout.write(`${table(HEAD, lines)}\n\n${load()} at the end\n`);
