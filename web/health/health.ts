// Reads the health of the page's own server from `health` in the page's folder, and checks every field.

import type { DatasetAddress } from '../stream/address.ts';
import { type CatalogExtent, parseExtent } from '../stream/catalog.ts';
import { isNotEmpty, listOf, numberOf, textOf } from '../text/fields.ts';
import { type Fields, fieldsOf, jsonOf } from '../text/json.ts';
import { type HistoryHealth, parseHistory } from './history-health.ts';
import { type PublishHealth, parsePublish } from './publish-health.ts';
import { parseSource, type SourceHealth } from './source-health.ts';

/** A step forward of the clock is shown from this many seconds on, for this many seconds of rows: it leaves a gap in the chart. */
const LEAST_FORWARD = 1;
const FORWARD_SHOWN = 600;

export interface FailingSensor {
  readonly name: string;
  /** The columns that have no values while it fails. */
  readonly columns: readonly string[];
  /** Milliseconds since 1970, by the server's clock; undefined if the server does not state it. */
  readonly since: number | undefined;
  /** Empty if the server states none. */
  readonly reason: string;
}

export interface DatasetHealth {
  readonly name: string;
  /** Another text after each change of its DAS; empty if the server states none. */
  readonly description: string;
  readonly failing: readonly FailingSensor[];
  /** Why no more rows come; undefined while they come. */
  readonly failure: string | undefined;
  /** Milliseconds by which the times of rows are ahead of a clock that was set back; 0 otherwise. */
  readonly ahead: number;
  /** Milliseconds by which the clock was recently set forward; 0 otherwise. */
  readonly forward: number;
  /** The times of its rows; undefined if it has none. */
  readonly extent: CatalogExtent | undefined;
  /** The rows on the server's disk; undefined without a history. */
  readonly history: HistoryHealth | undefined;
  /** The other server that the rows are those of; absent for sensors. */
  readonly source?: SourceHealth;
  /** The receivers of its rows; none where they are published nowhere. */
  readonly publish: readonly PublishHealth[];
}

/** What runs while the configuration is wrong. */
export interface WrongConfiguration {
  /** A line for each problem. */
  readonly problems: readonly string[];
  /** Milliseconds since 1970, by the server's clock; undefined if the server does not state it. */
  readonly since: number | undefined;
  readonly inUse: 'previous' | 'last-good' | 'host-only';
  /** When the last good configuration took effect, in milliseconds since 1970. */
  readonly lastGood: number | undefined;
}

/** The certificate of a server whose renewal fails. */
export interface CertificateHealth {
  /** Milliseconds since 1970; undefined if its files are wrong, but it is valid for weeks. */
  readonly expires: number | undefined;
  /** What is wrong with its files; empty if nothing is. */
  readonly problem: string;
}

export interface Health {
  /** Undefined for a valid configuration. */
  readonly wrong: WrongConfiguration | undefined;
  /** A line for each dataset that the server could not open. */
  readonly failed: readonly string[];
  /** True while the clock of the row times is not synchronised: the times may be wrong. */
  readonly isUnsynchronized: boolean;
  /** Absent while the server has no certificate, or nothing is wrong with it. */
  readonly certificate?: CertificateHealth;
  readonly datasets: readonly DatasetHealth[];
}

/** The address of the health of a dataset's server, and the dataset's name there. */
export interface HealthPlace {
  readonly from: string;
  /** Empty for the first dataset, which is served without its name too. */
  readonly dataset: string;
}

/** Undefined for a dataset that is not beside the page: the page asks other servers only for data. */
export function healthPlace({ base }: DatasetAddress, page: string): HealthPlace | undefined {
  const folder = new URL('.', page).href;
  const dataset = base.slice(folder.length);
  if (!base.startsWith(folder) || dataset.includes('/')) return undefined;
  return { from: `${folder}health`, dataset };
}

/**
 * Undefined for an answer that is no health of dapberry: that of another server, or of a proxy that hides it. Rejects without
 * an answer, and for a server error.
 */
export async function fetchHealth(from: string, signal: AbortSignal): Promise<Health | undefined> {
  const response = await fetch(from, { cache: 'no-store', signal });
  if (response.status >= 500) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  return parseHealth(await jsonOf(response));
}

/** Undefined for JSON that is no health. Fields that are missing or of another type are ignored. */
export function parseHealth(json: unknown): Health | undefined {
  const { datasets, configuration, clock, certificate } = fieldsOf(json);
  const { synchronized } = fieldsOf(clock);
  if (!Array.isArray(datasets)) return undefined;
  return {
    wrong: parseWrong(fieldsOf(configuration)),
    failed: linesOf(fieldsOf(configuration)['failed']),
    isUnsynchronized: synchronized === 'no',
    ...parseCertificate(fieldsOf(certificate)),
    datasets: datasets.map(parseDataset),
  };
}

function parseCertificate({ state, expires, problem }: Fields): Pick<Health, 'certificate'> {
  const due = state === 'expiring' || state === 'expired' ? millisOf(expires) : undefined;
  const told = textOf(problem);
  return due === undefined && told === '' ? {} : { certificate: { expires: due, problem: told } };
}

function parseWrong({ problems, problemsSince, inUse, lastGood }: Fields): WrongConfiguration | undefined {
  const lines = linesOf(problems);
  return lines.length === 0
    ? undefined
    : {
        problems: lines,
        since: millisOf(problemsSince),
        inUse: inUse === 'last-good' || inUse === 'host-only' ? inUse : 'previous',
        lastGood: millisOf(lastGood),
      };
}

const linesOf = (json: unknown): readonly string[] => listOf(json).map(textOf).filter(isNotEmpty);

function millisOf(json: unknown): number | undefined {
  const seconds = numberOf(json);
  return seconds === undefined ? undefined : seconds * 1000;
}

export function healthOf({ datasets }: Health, { dataset }: HealthPlace): DatasetHealth | undefined {
  return dataset === '' ? datasets[0] : datasets.find(({ name }) => name === dataset);
}

function parseDataset(json: unknown): DatasetHealth {
  const fields = fieldsOf(json);
  const { name, sensors, failure, clock, lastTime, extent, history, publish, source } = fields;
  const { ahead, lastSteps } = fieldsOf(clock);
  return {
    name: textOf(name),
    description: textOf(fields['description']),
    failing: listOf(sensors)
      .map(fieldsOf)
      .filter(({ name, state }) => state === 'failing' && textOf(name) !== '')
      .map(parseSensor),
    failure: typeof failure === 'string' ? textOf(failure) : undefined,
    ahead: Math.max(0, (numberOf(ahead) ?? 0) * 1000),
    forward: parseForward(listOf(lastSteps).at(-1), numberOf(lastTime)),
    extent: parseExtent(extent),
    history: parseHistory(history, numberOf(lastTime)),
    ...parseSource(source),
    publish: parsePublish(publish, numberOf(lastTime)),
  };
}

/** `lastTime`: the time of the newest row, in seconds. */
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
  return {
    name: textOf(name),
    columns: linesOf(channels),
    since: millisOf(since),
    reason: textOf(message),
  };
}
