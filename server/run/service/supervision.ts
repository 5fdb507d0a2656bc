// Tells systemd that the server is ready, how it is doing, and, while it samples, that it is alive.

import type { Logger } from '../logging/logger.ts';
import type { Notifier } from './notifier.ts';
import { type ServiceState, serviceStatus, stuckDatasets } from './service-state.ts';

/** How often the status is looked at without a watchdog, in seconds; it is sent where it has changed. */
const STATUS_INTERVAL = 30;

/** A sampler that is late may only wait for its turn: it is looked at again so soon, in seconds. */
const SECOND_LOOK = 1;

export interface SupervisionOptions {
  /** Undefined where the server is no service of systemd: then nobody is told anything. */
  readonly notify: Notifier | undefined;
  /** Within how many seconds systemd wants to hear that the server is alive; undefined where it does not watch. */
  readonly watchdog: number | undefined;
  readonly state: () => ServiceState;
  readonly logger: Pick<Logger, 'error'>;
}

export class Supervision {
  readonly #options: SupervisionOptions;
  #phase: 'starting' | 'ready' | 'over' = 'starting';
  #timer: NodeJS.Timeout | undefined;
  #told = '';
  #isStuck = false;
  /** The work of a reload that systemd has been told of. */
  #reload: Promise<void> | undefined;

  constructor(options: SupervisionOptions) {
    this.#options = options;
  }

  /** The datasets are open: what waits for this service may go on, and the watchdog counts from now. May be called again. */
  ready(): void {
    if (this.#phase !== 'starting') return;
    this.#phase = 'ready';
    void this.#tell({ READY: '1', ...this.#news() });
    this.#lookAgain(this.#period);
  }

  /** The configuration is being read anew, until `work`, which must not reject, is done. The same work is told of once. */
  async reloading(work: Promise<void>): Promise<void> {
    if (this.#reload === work) return;
    this.#reload = work;
    if (this.#phase === 'ready') {
      // Both are of CLOCK_MONOTONIC, as Type=notify-reload wants.
      const now = process.hrtime.bigint() / 1000n;
      void this.#tell({ RELOADING: '1', MONOTONIC_USEC: String(now) });
    }
    await work;
    if (this.#phase === 'ready') await this.#tell({ READY: '1', ...this.#news() });
  }

  /** The server ends now. */
  stopping(): void {
    if (this.#phase === 'ready') void this.#tell({ STOPPING: '1', STATUS: 'ending' });
    this.#phase = 'over';
    clearTimeout(this.#timer);
  }

  /** Half of what systemd allows, as sd_watchdog_enabled(3) recommends; in seconds. */
  get #period(): number {
    const { watchdog } = this.#options;
    return watchdog === undefined ? STATUS_INTERVAL : watchdog / 2;
  }

  #lookAgain(seconds: number): void {
    // Each look is set out when the one before has been told of: a systemd that is slow hears of fewer.
    this.#timer = setTimeout(() => void this.#look(), seconds * 1000);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const begun = performance.now();
    const stuck = stuckDatasets(this.#options.state().datasets);
    if (stuck.length > 0 && !this.#isStuck) this.#complain(stuck);
    this.#isStuck = stuck.length > 0;
    const alive = this.#options.watchdog !== undefined && !this.#isStuck ? { WATCHDOG: '1' } : {};
    const news = { ...alive, ...this.#news() };
    if (Object.keys(news).length > 0) await this.#tell(news);
    if (this.#phase !== 'ready') return;
    const passed = (performance.now() - begun) / 1000;
    this.#lookAgain(this.#isStuck ? SECOND_LOOK : Math.max(0, this.#period - passed));
  }

  #complain(stuck: readonly string[]): void {
    const { watchdog, logger } = this.#options;
    const then = watchdog === undefined ? '' : '; systemd restarts the server unless it goes on';
    logger.error(`${stuck.join(', ')}${then}`);
  }

  /** The status, where it is another one than was told last. */
  #news(): { readonly STATUS?: string } {
    const status = serviceStatus(this.#options.state());
    if (status === this.#told) return {};
    this.#told = status;
    return { STATUS: status };
  }

  async #tell(notification: Parameters<Notifier>[0]): Promise<void> {
    await this.#options.notify?.(notification);
  }
}
