// Loads the health of the server after the first sight of the page, and tells it then what has happened before.

import type { Plot } from '../chart/plot.ts';
import type { Seam } from '../chart/plot-options.ts';
import type { DatasetAddress } from '../stream/address.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { loadPart } from '../stream/page-part.ts';
import type { StreamState } from '../stream/stream-state.ts';
import type { FindPart } from '../text/element.ts';
import type { HealthListener, ServerHealth } from './server-health.ts';

/** Milliseconds after which the health is loaded though no row has come: it may say why. */
const PATIENCE = 1000;

export class LaterHealth {
  readonly #make: () => Promise<ServerHealth>;
  #health: ServerHealth | undefined;
  #isLoading = false;
  /** The last call of each kind. */
  readonly #calls = new Map<string, (health: ServerHealth) => void>();

  /** As `ServerHealth`. */
  constructor(address: DatasetAddress, page: string, find: FindPart, listener: HealthListener) {
    this.#make = async () => {
      const { ServerHealth } = await loadPart(() => import('./server-health.ts'));
      return new ServerHealth(address, page, find, listener);
    };
    setTimeout(() => this.load(), PATIENCE);
  }

  /** Loads it now: the first rows are there. */
  load(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    void this.#make().then(health => {
      this.#health = health;
      for (const call of this.#calls.values()) call(health);
      this.#calls.clear();
    });
  }

  streamIs(state: StreamState['state']): void {
    this.#tell('stream', health => health.streamIs(state));
  }

  plotIs(plot: Plot, columns: readonly ShownColumn[]): void {
    this.#tell('plot', health => health.plotIs(plot, columns));
  }

  seamIs(seam: Seam | undefined): void {
    this.#tell('seam', health => health.seamIs(seam));
  }

  attributesAre(problem: string | undefined): void {
    this.#tell('attributes', health => health.attributesAre(problem));
  }

  #tell(kind: string, call: (health: ServerHealth) => void): void {
    if (this.#health !== undefined) call(this.#health);
    else this.#calls.set(kind, call);
  }
}
