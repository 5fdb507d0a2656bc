// Follows the level of each column: a level begins at once, and ends when values have been better for a while.

import { type Level, levelOf } from '../../dap/model/limits.ts';
import type { ShownColumn } from '../stream/describe.ts';

/** Milliseconds for which values have to be better before a level ends: one near a limit would begin and end it with each row. */
const LEAVES_AFTER = 5000;

/** Milliseconds before the same column is reported again with the same level. */
const AGAIN_AFTER = 60_000;

/** The newest value of a column, and its digits after the point. */
export interface WatchedValue {
  readonly column: ShownColumn;
  /** NaN for a missing value. */
  readonly value: number;
  readonly decimals: number;
}

/** A column beyond a limit. */
export interface Beyond extends WatchedValue {
  readonly level: Level;
}

/** A change that is worth telling. */
export interface LevelNews {
  readonly level: Level | 'ok';
  readonly beyond: WatchedValue;
}

interface Watched {
  level: Level | 'ok';
  latest: WatchedValue;
  /** Since when the values have been better than the level; undefined while they are not. */
  betterSince: number | undefined;
  /** When each level was told last. */
  readonly toldAt: Map<Level | 'ok', number>;
  told: Level | 'ok';
}

const RANKS = { ok: 0, warn: 1, alarm: 2 } as const;

export class LevelWatch {
  readonly #columns = new Map<string, Watched>();

  /** Takes the newest values of columns at the moment `now`, and returns what is to be told. */
  take(values: readonly WatchedValue[], now: number): LevelNews[] {
    return values.flatMap(value => {
      const { limits, name } = value.column;
      const level = limits === undefined ? undefined : levelOf(limits, value.value);
      // A missing value says nothing: the level stays.
      if (level === undefined) return [];
      const watched: Watched = this.#columns.get(name) ?? {
        level: 'ok',
        latest: value,
        betterSince: undefined,
        toldAt: new Map(),
        told: 'ok',
      };
      this.#columns.set(name, watched);
      watched.latest = value;
      settle(watched, level, now);
      return this.#newsOf(watched, now);
    });
  }

  /** The columns beyond a limit: alarms first, each in the order in which they came. */
  get beyond(): readonly Beyond[] {
    return [...this.#columns.values()]
      .flatMap(({ level, latest }) => (level === 'ok' ? [] : [{ ...latest, level }]))
      .sort((a, b) => RANKS[b.level] - RANKS[a.level]);
  }

  #newsOf(watched: Watched, now: number): LevelNews[] {
    const { level, told, toldAt, latest } = watched;
    if (level === told) return [];
    const isAgain = now - (toldAt.get(level) ?? Number.NEGATIVE_INFINITY) < AGAIN_AFTER;
    if (isAgain) return [];
    watched.told = level;
    toldAt.set(level, now);
    return [{ level, beyond: latest }];
  }
}

function settle(watched: Watched, level: Level | 'ok', now: number): void {
  if (RANKS[level] >= RANKS[watched.level]) {
    watched.level = level;
    watched.betterSince = undefined;
    return;
  }
  watched.betterSince ??= now;
  if (now - watched.betterSince < LEAVES_AFTER) return;
  watched.level = level;
  watched.betterSince = undefined;
}
