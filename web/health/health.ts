// How is the server doing that the page comes from? Its `health`, in the folder of the page, checked before it is believed.

import type { DatasetAddress } from '../stream/address.ts';
import { type Fields, fieldsOf, jsonOf } from '../text/json.ts';

/** Characters of one text that are shown: what a sensor complains of may be a whole file. */
const LONGEST_TEXT = 300;

/** A step forward is told of from so many seconds on, for so many seconds of rows: it is a gap in the chart. */
const LEAST_FORWARD = 1;
const FORWARD_SHOWN = 600;

export interface FailingSensor {
  readonly name: string;
  /** The columns that have no values meanwhile. */
  readonly columns: readonly string[];
  /** Milliseconds since 1970, by the server's clock; undefined where the server does not say. */
  readonly since: number | undefined;
  /** Empty where the server does not say. */
  readonly reason: string;
}

export interface DatasetHealth {
  readonly name: string;
  readonly failing: readonly FailingSensor[];
  /** Why no more rows come; undefined where they do. */
  readonly failure: string | undefined;
  /** Milliseconds by which the times of rows are ahead of a clock that was set back; else 0. */
  readonly ahead: number;
  /** By how many milliseconds the clock was set forward lately; else 0. */
  readonly forward: number;
}

export interface Health {
  /** What is wrong with the configuration, a line each; none where it is right. */
  readonly problems: readonly string[];
  /** Nobody has set the clock that rows are stamped with: their times may be wrong. */
  readonly isUnsynchronized: boolean;
  readonly datasets: readonly DatasetHealth[];
}

/** Where to ask for the health of a dataset, and which one of the datasets there it is. */
export interface HealthPlace {
  readonly from: string;
  /** Empty for the first one, which answers without its name too. */
  readonly dataset: string;
}

/** Undefined where the dataset is not beside the page: the page knows nothing of other servers but their data. */
export function healthPlace({ base }: DatasetAddress, page: string): HealthPlace | undefined {
  const folder = new URL('.', page).href;
  const dataset = base.slice(folder.length);
  if (!base.startsWith(folder) || dataset.includes('/')) return undefined;
  return { from: `${folder}health`, dataset };
}

/**
 * Undefined where there is an answer that is no dapberry's health: some other server, a proxy that keeps it to itself. Rejects
 * where there is none, or not now.
 */
export async function fetchHealth(from: string, signal: AbortSignal): Promise<Health | undefined> {
  const response = await fetch(from, { cache: 'no-store', signal });
  if (response.status >= 500) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  return parseHealth(await jsonOf(response));
}

/** Undefined where it is no health. What is missing in it, or not as it should be, is left out. */
export function parseHealth(json: unknown): Health | undefined {
  const { datasets, configuration, clock } = fieldsOf(json);
  const { synchronized } = fieldsOf(clock);
  if (!Array.isArray(datasets)) return undefined;
  const { problems } = fieldsOf(configuration);
  return {
    problems: listOf(problems).map(textOf).filter(isSaid),
    isUnsynchronized: synchronized === 'no',
    datasets: datasets.map(parseDataset),
  };
}

export function healthOf({ datasets }: Health, { dataset }: HealthPlace): DatasetHealth | undefined {
  return dataset === '' ? datasets[0] : datasets.find(({ name }) => name === dataset);
}

function parseDataset(json: unknown): DatasetHealth {
  const { name, sensors, failure, clock, lastTime } = fieldsOf(json);
  const { ahead, lastSteps } = fieldsOf(clock);
  return {
    name: textOf(name),
    failing: listOf(sensors)
      .map(fieldsOf)
      .filter(({ name, state }) => state === 'failing' && textOf(name) !== '')
      .map(parseSensor),
    failure: typeof failure === 'string' ? textOf(failure) : undefined,
    ahead: Math.max(0, (numberOf(ahead) ?? 0) * 1000),
    forward: parseForward(listOf(lastSteps).at(-1), numberOf(lastTime)),
  };
}

/** `lastTime`: of the newest row, in seconds. */
function parseForward(step: unknown, lastTime: number | undefined): number {
  const { time: first, seconds: by } = fieldsOf(step);
  const time = numberOf(first);
  const seconds = numberOf(by);
  if (time === undefined || seconds === undefined || lastTime === undefined) return 0;
  const isShown = seconds >= LEAST_FORWARD && lastTime - time < FORWARD_SHOWN;
  return isShown ? seconds * 1000 : 0;
}

function parseSensor({ name, channels, since, lastError }: Fields): FailingSensor {
  const { message } = fieldsOf(lastError);
  const seconds = numberOf(since);
  return {
    name: textOf(name),
    columns: listOf(channels).map(textOf).filter(isSaid),
    since: seconds === undefined ? undefined : seconds * 1000,
    reason: textOf(message),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A text in one line, without characters that are not seen or turn the others around; empty for what is none. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  const characters = [
    ...value
      .slice(0, 2 * LONGEST_TEXT)
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim(),
  ];
  const cut = characters.length > LONGEST_TEXT || value.length > 2 * LONGEST_TEXT;
  return cut ? `${characters.slice(0, LONGEST_TEXT).join('')}…` : characters.join('');
}

function isSaid(text: string): boolean {
  return text !== '';
}
