// Opens relays of other servers for tests, and gives their rows.

import type { DatasetInfo } from '../../../../server/dataset/dataset.ts';
import type { Pace } from '../../../../server/source/dap2/dap2-source.ts';
import { openDap2, type RememberedLayout } from '../../../../server/source/dap2/open.ts';
import type { SourceEvent } from '../../../../server/source/row-source.ts';
import { type Serving, serving } from '../../../serving.ts';
import { inMemory } from '../../datasets.ts';

export const COPY: DatasetInfo = {
  name: 'copy',
  title: 'copy',
  summary: 'The rows of another server.',
  source: 'the DAP2 dataset of another server',
  unwritten: ['title', 'summary', 'source'],
};

export interface RelayOptions {
  readonly info?: DatasetInfo;
  readonly past?: number;
  readonly credentials?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly remembered?: RememberedLayout;
  readonly pace?: Partial<Pace>;
}

/** Waits that a test can afford. */
const PACE: Partial<Pace> = { poll: 0.05, head: 0.3, look: 0.2, first: 0.02, longest: 0.05 };

/** A relay in this process, which serves its rows. */
export class Relay {
  readonly server: Serving;
  readonly events: readonly SourceEvent[];

  private constructor(server: Serving, events: readonly SourceEvent[]) {
    this.server = server;
    this.events = events;
  }

  /** Rejects as the opening of the source does. */
  static async of(address: string, options: RelayOptions = {}): Promise<Relay> {
    const { info = COPY, past = 86_400, credentials, environment = {}, remembered, pace = {} } = options;
    const events: SourceEvent[] = [];
    const source = await openDap2({
      ...{ dataset: info.name, address, credentials, environment, past },
      signal: new AbortController().signal,
      remembered: async () => remembered,
      onEvent: event => void events.push(event),
      pace: { ...PACE, ...pace },
    });
    return new Relay(await serving({ datasets: [inMemory(info, source)] }), events);
  }

  get dataset() {
    return this.server.datasets[0]!;
  }

  get status() {
    const { source } = this.dataset.status();
    if (source.kind !== 'dap2') throw new Error('expected a relay');
    return source;
  }

  /** The rows that are there, as the text of their fields. */
  async rows(): Promise<string[][]> {
    const text = await this.get('past/copy.asc');
    const [, body = ''] = text.split(/-{45}\n/);
    return body
      .split('\n')
      .slice(1)
      .filter(line => line !== '')
      .map(line => line.split(', '));
  }

  async get(path: string): Promise<string> {
    return (await fetch(`${this.server.url}/${path}`)).text();
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}
