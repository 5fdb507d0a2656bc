// Holds the state of the running server: routes, health, metrics and supervision read it at the moment that they need it.

import type { ConfigurationState } from '../config/configuration-state.ts';
import type { ServerConfig } from '../config/schema/schema.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { ServerState } from '../http/server-state.ts';
import type { ClockState, ClockWatch } from '../machine/clock-watch.ts';
import type { Reloader } from './reload.ts';
import type { RunningDatasets } from './running.ts';
import type { ServiceState } from './service/service-state.ts';

export class LiveState implements ServerState, ServiceState {
  /** Sentences about what the server waits for at this moment. */
  readonly waits = new Set<string>();
  readonly #running: RunningDatasets;
  readonly #reloader: Reloader;
  readonly #clock: ClockWatch;

  constructor(running: RunningDatasets, reloader: Reloader, clock: ClockWatch) {
    this.#running = running;
    this.#reloader = reloader;
    this.#clock = clock;
  }

  get datasets(): readonly Dataset[] {
    return this.#running.datasets;
  }

  get limits(): ServerConfig {
    return this.#running.config.server;
  }

  get trustProxy(): readonly string[] {
    return this.limits.trustProxy;
  }

  get origins(): readonly string[] {
    return this.limits.cors.origins;
  }

  get configuration(): ConfigurationState {
    return this.#reloader.state;
  }

  get clock(): ClockState {
    return this.#clock.state;
  }

  get remarks(): readonly string[] {
    const isSet = this.clock.synchronized !== 'no';
    return isSet ? [...this.waits] : [...this.waits, 'the clock is not synchronised'];
  }
}
