// Scrapes `/metrics` of a server and reads the samples.

import { expect } from 'vitest';
import type { StoreBounds } from '../../../server/store/row-store.ts';
import type { Serving, ServingOptions } from '../../serving.ts';
import { EPOCH } from '../asking.ts';
import { inMemory } from '../datasets.ts';
import { RawClient } from '../raw-client.ts';
import { SCRIPTED, type ScriptedSource } from '../scripted-source.ts';
import { type ParsedFamily, parseExposition } from './parse-exposition.ts';

export const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
export const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

/** The `Accept` headers of Prometheus, versions 2 and 3. */
export const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
export const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

/** Rows of a scripted source, by their numbers. */
export const row = (number: number) => [EPOCH + number, number / 4, number, number];
export const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => row(from + at));

/** One server, and the clients that a test connects to it. */
export class MetricsScraper {
  readonly server: Serving;
  readonly #clients: RawClient[] = [];

  constructor(server: Serving) {
    this.server = server;
  }

  client(options?: { reading?: boolean }): RawClient {
    const made = new RawClient(this.server.port, options);
    this.#clients.push(made);
    return made;
  }

  async scrape(accept = PROMETHEUS_2): Promise<Metrics> {
    const answer = await fetch(`${this.server.url}/metrics`, { headers: { accept } });
    expect(answer.status).toBe(200);
    const format = answer.headers.get('content-type') === OPENMETRICS ? 'openmetrics' : 'prometheus';
    return new Metrics(parseExposition(await answer.text(), format));
  }

  /** Scrapes until `what` holds; rejects by the test's own timeout. */
  async scrapeUntil(what: (metrics: Metrics) => boolean): Promise<Metrics> {
    for (;;) {
      const metrics = await this.scrape();
      if (what(metrics)) return metrics;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map(one => one.leave()));
    await this.server.close();
  }
}

export class Metrics {
  readonly families: readonly ParsedFamily[];

  constructor(families: readonly ParsedFamily[]) {
    this.families = families;
  }

  samples(name: string) {
    return this.families.flatMap(({ samples }) => samples).filter(sample => sample.name === name);
  }

  /** The sum of the samples that have these labels; undefined where none has. */
  of(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.samples(name).filter(sample =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }
}

/** The options of a server whose rows the test makes; it is served by way of a socket of its own. */
export function scripted(
  source: ScriptedSource,
  { limits, bounds }: Pick<ServingOptions, 'limits'> & { bounds?: StoreBounds } = {},
): ServingOptions {
  const dataset = inMemory(SCRIPTED, source, bounds === undefined ? {} : { bounds });
  return { datasets: [dataset], ...(limits === undefined ? {} : { limits }) };
}
