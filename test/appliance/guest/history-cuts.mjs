// Writes a history on a disk whose writes are logged, and examines what a power cut at each of them leaves.
//
//   history-cuts.mjs write FOLDER DEVICE       DEVICE takes marks of the rows that are stored
//   history-cuts.mjs examine LOG EMPTY MOUNT [SEED]   EMPTY is an image of the disk before

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryFolder } from '../../../build/server/history/disk/history-folder.js';
import { HistoryStore } from '../../../build/server/history/history-store.js';
import { runJob } from '../../../build/server/history/jobs.js';
import { random } from './day.mjs';
import { readLog } from './write-log.mjs';

/** 2025-11-28T00:00:00Z, and the seconds between two rows: a day has 720. */
const BEGIN = 1_764_288_000;
const STEP = 120;
const ROWS = 300;
const FLUSHES = 6;
/** Rows that are kept: a day. */
const KEPT = 720;

/** Opens the history, and gives also what closes it with its folder. */
async function open(path, remarks) {
  const folder = await HistoryFolder.open(join(path, 'history'));
  // Old rows are deleted, as `limits` asks.
  const tell = text => /history\.keep asks to delete/.test(text) || remarks.push(String(text));
  const store = await HistoryStore.open({
    folder,
    dataset: 'roof',
    columns: ['time', 'value'].map(name => ({ type: 'Float64', name })),
    das: () => '',
    fillValue: () => Number.NaN,
    limits: { flush: 3600, keep: KEPT * STEP, size: 1e15 },
    keepMerged: 0,
    bounds: { rows: 1000, bytes: 1e9, age: 1e9 },
    beside: () => runJob,
    events: { onRemark: tell, onFailure: tell },
  });
  const close = async () => {
    await store.close();
    await folder.close();
  };
  return { store, close };
}

async function write(path, device) {
  const remarks = [];
  const mark = text => execFileSync('dmsetup', ['message', device, '0', 'mark', text]);
  let { store, close } = await open(path, remarks);
  for (let flush = 1; flush <= FLUSHES; flush += 1) {
    const first = store.end;
    const values = Float64Array.from({ length: ROWS }, (_, row) => first + row);
    store.append({ length: ROWS, columns: [values.map(value => BEGIN + STEP * value), values] });
    mark(`kept-${Math.max(0, store.end - KEPT)}`);
    await store.flush();
    mark(`stored-${store.end}`);
    await store.merge();
    if (flush % 4 > 0) continue;
    await close();
    ({ store, close } = await open(path, remarks));
  }
  await close();
  if (remarks.length > 0 || store.first === 0) throw new Error(`${remarks} ${store.first}`);
}

/**
 * What a power cut may leave of writes that were not flushed: all, none, or a part of some of them. Block 0 is left whole: ext4 mounts
 * no disk whose superblock of two sectors has one of an older write, whatever programs have written.
 */
function remainder(pending, chance) {
  const kind = chance();
  if (kind < 0.2) return pending;
  if (kind < 0.4) return [];
  return pending.flatMap(({ at, data }) => {
    if (at === 0) return chance() < 0.5 ? [] : [{ at, data }];
    // Sectors are written in any order.
    const from = 512 * Math.floor((chance() * data.length) / 512);
    return [[], [{ at, data }], [{ at: at + from, data: data.subarray(from) }]][Math.floor(3 * chance())];
  });
}

async function examine(log, empty, mounted, seed = String(1 + (Date.now() % 1e9))) {
  const chance = random(Number(seed));
  console.log(`# seed ${seed}`);
  const durable = readFileSync(empty);
  const put = (image, writes) => {
    for (const { at, data } of writes) data.copy(image, at);
  };
  const image = `${empty}.cut`;
  const entries = [...readLog(log)];
  let [kept, stored, pending] = [0, 0, []];
  for (const [index, { at, data, isFlush, isForced, mark }] of entries.entries()) {
    const [, kind, number] = /^(kept|stored)-(\d+)$/.exec(mark ?? '') ?? [];
    if (kind === 'kept') kept = Number(number);
    if (kind === 'stored') stored = Number(number);
    if (isFlush) {
      put(durable, pending);
      pending = [];
    }
    if (data.length > 0) {
      // A forced write is on the disk when it is done, and a log has it when it is done.
      if (isForced) put(durable, [{ at, data }]);
      else pending.push({ at, data });
    }
    const whole = Buffer.from(durable);
    put(whole, remainder(pending, chance));
    writeFileSync(image, whole);
    await examineRows(image, mounted, `entry ${index} of ${entries.length}`, kept, stored);
    if (index % 50 === 0) console.log(`# entry ${index} of ${entries.length}, ${stored} rows stored`);
  }
  console.log(`# cuts at ${entries.length} entries of the log; no row of ${stored} was lost`);
}

/** Mounts a disk as after a power cut, and throws if rows are missing, wrong or there twice. */
async function examineRows(image, mounted, cut, kept, stored) {
  const remarks = [];
  try {
    execFileSync('mount', ['-o', 'loop', image, mounted]);
  } catch (error) {
    const kernel = execFileSync('dmesg').toString().split('\n').slice(-12).join('\n');
    throw new Error(`${cut}: expected a disk that is mounted, found:\n${kernel}`, { cause: error });
  }
  const { store, close } = await open(mounted, remarks);
  const positions = [];
  for (let position = store.first; position < store.end; ) {
    const { position: at, batch } = await store.load(position, 5000);
    for (let row = 0; row < batch.length; row += 1) {
      const [time, value] = batch.columns.map(column => column[row]);
      if (value !== at + row || time !== BEGIN + STEP * value)
        throw new Error(`${cut}: expected the row ${at + row}, found ${value} at ${time}`);
      positions.push(at + row);
    }
    position = at + batch.length;
  }
  const end = store.end;
  await close();
  execFileSync('umount', [mounted]);
  execFileSync('e2fsck', ['-fn', image], { stdio: 'pipe' });
  const [first = 0] = positions;
  if (remarks.length > 0) throw new Error(`${cut}: ${remarks}`);
  if (positions.some((position, index) => position !== first + index))
    throw new Error(`${cut}: rows are missing`);
  if (stored > 0 && (first > kept || end < stored))
    throw new Error(
      `${cut}: expected the rows from ${kept} to ${stored}, found those from ${first} to ${end}`,
    );
}

const [, , command, ...operands] = process.argv;
await (command === 'write' ? write(...operands) : examine(...operands));
