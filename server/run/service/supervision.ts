// Notifies systemd that the server is ready, of its status, and, while it samples, that it is alive.

import type { Logger } from '../logging/logger.ts';
import type { Notifier } from './notifier.ts';
import { type ServiceState, serviceStatus, stuckDatasets } from './service-state.ts';

/** How often the status is checked without a watchdog, in seconds; a changed status is sent. */
const STATUS_INTERVAL = 30;

/** The wait before a late sampler is checked again, in seconds; it may only be waiting for its turn. */
const SECOND_LOOK = 1;

export interface SupervisionOptions {
  /** Undefined if systemd does not run the server. */
  readonly notify: Notifier | undefined;
  /** The watchdog's period in seconds; undefined without a watchdog. */
  readonly watchdog: number | undefined;
  readonly state: ServiceState;
  readonly streams: { readonly size: number };
  readonly logger: Pick<Logger, 'error'>;
}

export class Supervision {
  readonly #options: SupervisionOptions;
  #phase: 'starting' | 'ready' | 'over' = 'starting';
  #timer: NodeJS.Timeout | undefined;
  #sentStatus = '';
  #isStuck = false;
  /** The work of a reload that systemd knows of. */
  #reload: Promise<void> | undefined;

  constructor(options: SupervisionOptions) {
    this.#options = options;
  }

  /** Reports that the datasets are open: dependent units may start, and the watchdog starts to count. May be called again. */
  ready(): void {
    if (this.#phase !== 'starting') return;
    this.#phase = 'ready';
    void this.#notify({ READY: '1', ...this.#changedStatus() });
    this.#scheduleCheck(this.#period);
  }

  /** Reports a reload until `work`, which must not reject, is done; once for the same work. */
  async reloading(work: Promise<void>): Promise<void> {
    if (this.#reload === work) return;
    this.#reload = work;
    if (this.#phase === 'ready') {
      // Both are of CLOCK_MONOTONIC, as Type=notify-reload wants.
      const now = process.hrtime.bigint() / 1000n;
      void this.#notify({ RELOADING: '1', MONOTONIC_USEC: String(now) });
    }
    await work;
    if (this.#phase === 'ready') await this.#notify({ READY: '1', ...this.#changedStatus() });
  }

  /** Reports that the server ends. */
  stopping(): void {
    if (this.#phase === 'ready') void this.#notify({ STOPPING: '1', STATUS: 'ending' });
    this.#phase = 'over';
    clearTimeout(this.#timer);
  }

  /** Half of what systemd allows, as sd_watchdog_enabled(3) recommends; in seconds. */
  get #period(): number {
    const { watchdog } = this.#options;
    return watchdog === undefined ? STATUS_INTERVAL : watchdog / 2;
  }

  #scheduleCheck(seconds: number): void {
    // The next check is scheduled after the notification, so that a slow systemd gets fewer of them.
    this.#timer = setTimeout(() => void this.#check(), seconds * 1000);
    this.#timer.unref();
  }

  async #check(): Promise<void> {
    const begun = performance.now();
    const stuck = stuckDatasets(this.#options.state.datasets);
    if (stuck.length > 0 && !this.#isStuck) this.#complain(stuck);
    this.#isStuck = stuck.length > 0;
    const alive = this.#options.watchdog !== undefined && !this.#isStuck ? { WATCHDOG: '1' } : {};
    const news = { ...alive, ...this.#changedStatus() };
    if (Object.keys(news).length > 0) await this.#notify(news);
    if (this.#phase !== 'ready') return;
    const passed = (performance.now() - begun) / 1000;
    this.#scheduleCheck(this.#isStuck ? SECOND_LOOK : Math.max(0, this.#period - passed));
  }

  #complain(stuck: readonly string[]): void {
    const { watchdog, logger } = this.#options;
    const then = watchdog === undefined ? '' : '; systemd restarts the server unless it recovers';
    logger.error(`${stuck.join(', ')}${then}`);
  }

  /** The status if it has changed since the last notification. */
  #changedStatus(): { readonly STATUS?: string } {
    const { state, streams } = this.#options;
    const status = serviceStatus(state, streams.size);
    if (status === this.#sentStatus) return {};
    this.#sentStatus = status;
    return { STATUS: status };
  }

  async #notify(notification: Parameters<Notifier>[0]): Promise<void> {
    await this.#options.notify?.(notification);
  }
}
