// The recording of a stream: the points of each channel, its latest value, and how regularly rows come.

import { toMillis } from '../../dap/model/time-units.ts';
import type { Column } from '../../dap/model/value.ts';
import type { Channel, Description } from '../stream/describe.ts';
import { Spacing } from '../stream/spacing.ts';
import { Digits } from './digits.ts';
import { Points } from './points.ts';

/** Points are kept for a little more than the window, and for some rows more: a chart shows the time of a moment ago. */
const SPARE = 1.05;
const SPARE_ROWS = 4;

/** Rows this many times further apart than usual have something missing between them. */
const GAP = 4;

/** Milliseconds up to which rows are never too far apart: less than that is jitter. */
const SHORT = 1500;

/** How much of the past a chart shows, and how finely. */
export interface View {
  /** Milliseconds. */
  readonly window: number;
  /** Columns of pixels. */
  readonly columns: number;
}

/** Rows as they come from the follower. */
export interface RowBatch {
  readonly length: number;
  readonly columns: readonly Column[];
}

/** What is told of one channel in numbers. */
export interface ChannelReport {
  readonly channel: Channel;
  /** What the newest row says: text, or a number that is NaN for no value. Undefined before the first row. */
  readonly latest: number | string | undefined;
  /** The newest value that was one, and its time, for when `latest` is none. */
  readonly lastValue: { readonly time: number; readonly value: number } | undefined;
  /** Digits after the point. */
  readonly decimals: number;
}

/** One channel's part of the recording. */
export interface Track extends ChannelReport {
  points: Points;
  readonly digits: Digits;
  latest: number | string | undefined;
  lastValue: { readonly time: number; readonly value: number } | undefined;
}

/** Where in a batch the time and the channels are. */
interface Places {
  readonly time: number;
  readonly channels: readonly number[];
}

export class Recording {
  readonly tracks: readonly Track[];
  readonly spacing = new Spacing();
  readonly #description: Description;
  #view: View;
  #places: Places | undefined;
  #rows = 0;
  #newest: number | undefined;

  constructor(description: Description, view: View) {
    this.#description = description;
    this.#view = view;
    this.tracks = description.channels.map(channel => newTrack(channel, view));
  }

  /** How many rows have been taken. */
  get rows(): number {
    return this.#rows;
  }

  /** The time of the newest row, in milliseconds since 1970 (or since the moment that the time column counts from). */
  get newest(): number | undefined {
    return this.#newest;
  }

  /** The columns of the batches to come, by name. Throws an error where one that is described is not among them. */
  expect(names: readonly string[]): void {
    const known = new Map(names.map((name, place) => [name, place]));
    const placeOf = (name: string): number => {
      const place = known.get(name);
      if (place === undefined) throw new TypeError(`Expected a column "${name}", found ${names.join(', ')}`);
      return place;
    };
    const { time, channels } = this.#description;
    this.#places = {
      time: time === undefined ? -1 : placeOf(time.name),
      channels: channels.map(({ name }) => placeOf(name)),
    };
  }

  /**
   * The time of row `index` of `batch` in milliseconds; `arrival` where no column tells it, NaN where the column has no
   * value in this row.
   */
  timeOf(batch: RowBatch, index: number, arrival: number): number {
    const { time } = this.#description;
    if (time === undefined) return arrival;
    const stored = Number(batch.columns[this.#places!.time]![index]);
    return time.meaning?.isMissing(stored) === true ? Number.NaN : toMillis(time.units, stored);
  }

  /** Takes row `index` of `batch`, stamped `time`. A row without a time, or with that of the last one, is passed over. */
  take(batch: RowBatch, index: number, time: number): void {
    const again = time === this.#newest && this.#description.time !== undefined;
    if (!Number.isFinite(time) || again) return;
    if (this.#newest !== undefined && time < this.#newest) this.#goBack(time);
    else this.#goOn(time);
    this.#newest = time;
    this.#rows++;
    this.spacing.add(time);
    const span = this.#view.window * SPARE + (this.spacing.usual ?? 0) * SPARE_ROWS;
    for (const [at, track] of this.tracks.entries()) {
      track.points.span = span;
      const value = batch.columns[this.#places!.channels[at]!]![index];
      const { meaning } = track.channel;
      if (meaning === undefined) track.latest = textOf(track.channel, String(value ?? ''));
      else takeNumber(track, time, meaning.valueOf(Number(value)));
    }
  }

  /** Breaks every line: rows are missing before the next one. */
  break(): void {
    for (const { points } of this.tracks) points.break();
  }

  /** Keeps the points for another view: coarser ones are reduced, finer ones come with new rows. */
  resize(view: View): void {
    if (view.window === this.#view.window && view.columns === this.#view.columns) return;
    this.#view = view;
    for (const track of this.tracks) track.points = track.points.resample(...pointsFor(view));
  }

  /** What is told of the channels now, which further rows do not change. */
  report(): ChannelReport[] {
    return this.tracks.map(({ channel, latest, lastValue, decimals }) => ({
      channel,
      latest,
      lastValue,
      decimals,
    }));
  }

  /**
   * How far from a moment a row may be that was read then, in milliseconds: one and a half of the usual gaps, or a column of
   * pixels where rows are denser.
   */
  get reach(): number {
    const interval = 1000 * (this.#description.interval ?? 0);
    return Math.max(
      1.5 * (this.spacing.usual ?? interval),
      this.#view.window / Math.max(1, this.#view.columns),
    );
  }

  /** The time of the row nearest to `time`, within reach; undefined where there is none, or none with a value. */
  rowAt(points: readonly Points[], time: number): number | undefined {
    const times = points.flatMap(line => line.read(time, this.reach)?.time ?? []);
    return times.length === 0
      ? undefined
      : times.reduce((best, at) => (Math.abs(at - time) < Math.abs(best - time) ? at : best));
  }

  /** The points as they are now, which further rows do not change. */
  copyPoints(): Points[] {
    return this.tracks.map(({ points }) => points.resample(points.column, points.span));
  }

  /** Makes complete columns of pixels up to `time` readable. */
  settle(time: number): void {
    for (const { points } of this.tracks) points.settle(time);
  }

  /** Between the newest row and the one at `time` are rows missing: the first and the last a usual gap from these two. */
  #missRows(time: number): void {
    const usual = this.spacing.usual ?? 0;
    for (const { points } of this.tracks) points.break(this.#newest! + usual, time - usual);
  }

  #isGap(time: number): boolean {
    const { usual } = this.spacing;
    if (usual === undefined || this.#newest === undefined) return false;
    return time - this.#newest > Math.max(SHORT, GAP * usual);
  }

  #goOn(time: number): void {
    const isGap = this.#isGap(time);
    for (const { points } of this.tracks) points.passLater(time, isGap);
    if (isGap) this.#missRows(time);
  }

  /** The server's clock was set back: what is later than `time` is of a time that has not come yet. */
  #goBack(time: number): void {
    for (const track of this.tracks) track.points = track.points.turnedBack(time);
  }
}

function pointsFor({ window, columns }: View): [column: number, span: number] {
  return [window / Math.max(1, columns), window * SPARE];
}

function newTrack(channel: Channel, view: View): Track {
  const digits = new Digits(channel);
  return {
    channel,
    points: newPoints(view),
    digits,
    latest: undefined,
    lastValue: undefined,
    get decimals() {
      return digits.decimals;
    },
  };
}

function newPoints(view: View): Points {
  return new Points(...pointsFor(view));
}

/** The text; empty where it stands for no value. */
function textOf({ missingTexts }: Channel, text: string): string {
  return missingTexts.includes(text) ? '' : text;
}

function takeNumber(track: Track, time: number, value: number): void {
  track.latest = value;
  if (Number.isFinite(value)) track.lastValue = { time, value };
  track.digits.see(value);
  track.points.push(time, value);
}
