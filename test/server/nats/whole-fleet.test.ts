// Runs the bench of a fleet in small: Pis, a cluster, two gateways behind nginx and readers, while one part after another fails.

import { execFile, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../tools.ts';

const BENCH = resolve(import.meta.dirname, '../../bench/fleet.mjs');

const READERS = 8;

/** Seconds for which the network of the Pis is cut. */
const CUT = 6;

interface Phase {
  readonly name: string;
  readonly lost: number;
  readonly doubled: number;
  /** Connections that readers have begun meanwhile. */
  readonly reconnected: number;
  readonly failures: readonly string[];
  readonly milliseconds: { readonly rows: number; readonly most: number };
}

interface Outcome {
  readonly rest: { readonly all: { readonly datasets: number } };
  readonly phases: readonly Phase[];
  readonly window: {
    readonly isSame: boolean;
    readonly lines: number;
    readonly cacheControl: readonly string[];
    readonly etags: readonly string[];
  };
  readonly end: object;
}

/** Whether this user may make networks, as root may outside of most containers. */
function mayCut(): boolean {
  const name = `may${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return false;
  spawnSync('ip', ['netns', 'del', name]);
  return true;
}

describeWith(['nats-server', 'nginx'], 'a whole fleet', () => {
  let outcome: Outcome;
  const phase = (name: string) => outcome.phases.find(one => one.name.includes(name))!;

  beforeAll(async () => {
    const options = { datasets: 6, busy: 3, readers: READERS, processes: 1, seconds: 2, cut: CUT };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const { stdout } = await promisify(execFile)(process.execPath, [BENCH, '--json', ...args]);
    outcome = JSON.parse(stdout);
  }, 240_000);

  it('gives each row once to each reader, over all that follows', () => {
    expect(outcome.rest.all.datasets).toBe(6);
    expect(outcome.end).toMatchObject({ lost: 0, doubled: 0, droppedAtPis: 0, gapsAtPis: 0 });
    expect(outcome.end).toMatchObject({ gapsAtGateways: 0, overrunAtGateways: 0 });
    expect(outcome.phases.flatMap(({ failures }) => failures)).toEqual([]);
    for (const { lost, doubled, milliseconds } of outcome.phases) {
      expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
      expect(milliseconds.rows).toBeGreaterThan(0);
    }
  });

  it('gives caches the same answer from both gateways', () => {
    const { isSame, lines, cacheControl, etags } = outcome.window;
    expect({ isSame, hasRows: lines > 2 }).toEqual({ isSame: true, hasRows: true });
    for (const header of cacheControl) expect(header).toContain('immutable');
    expect(etags[0]).toMatch(/^"/);
    expect(etags[1]).toBe(etags[0]);
  });

  it('goes on without the server of NATS that led the stream, and keeps readers connected', () => {
    expect(phase('a server of NATS killed')).toMatchObject({ reconnected: 0 });
    // The rows of the time without a leader came later.
    expect(phase('a server of NATS killed').milliseconds.most).toBeGreaterThan(1000);
  });

  it('sends the readers of a killed gateway to the other one', () => {
    expect(phase('a gateway killed').reconnected).toBeGreaterThan(0);
  });

  it.skipIf(!mayCut())('sends the rows of a cut network when it is back', () => {
    expect(phase('the network of the Pis cut').milliseconds.most).toBeGreaterThan(CUT * 900);
  });
});
