// Looks for sensors that the kernel finds while nobody has configured a dataset: a thermometer may answer after the server has started.

import type { SensorHost } from '../../device/index.ts';
import { knownSensors, sensorText } from '../config/builtin.ts';
import type { BuiltinFacts } from '../config/config.ts';

/** Milliseconds between two looks, which read some folders of the kernel and disturb no device. The kernel searches 1-Wire as often. */
const LOOK_EVERY = 10_000;

export interface AttachedWatchOptions {
  /** Undefined while datasets are configured. */
  readonly builtin: () => BuiltinFacts | undefined;
  readonly host: SensorHost;
  /** Reads the configuration again, and finds the attached sensors. Does not reject. */
  readonly reload: () => Promise<void>;
  readonly lookEvery?: number;
}

export class AttachedWatch {
  readonly #options: AttachedWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: AttachedWatchOptions) {
    this.#options = options;
    this.#lookLater();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#look(), this.#options.lookEvery ?? LOOK_EVERY).unref();
  }

  async #look(): Promise<void> {
    const { builtin, host, reload } = this.#options;
    const known = builtin()?.known;
    if (known !== undefined) {
      // A sensor that is gone stays, and shows that it fails: it may come back.
      const found = (await knownSensors(host)).map(sensorText);
      if (!this.#isClosed && found.some(sensor => !known.includes(sensor))) await reload();
    }
    this.#lookLater();
  }
}
