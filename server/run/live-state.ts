// Holds the state of the running server: routes, health, metrics and supervision read it at the moment that they need it.

import type { AccessRules } from '../access/rules.ts';
import type { BuiltinFacts } from '../config/config.ts';
import { type ConfigurationState, inUseText, secondsText } from '../config/configuration-state.ts';
import type { ServerConfig } from '../config/schema/schema.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { WaitingDataset } from '../dataset/waiting.ts';
import type { AnnouncementStatus, ServerState } from '../http/server-state.ts';
import type { ClockState, ClockWatch } from '../machine/clock-watch.ts';
import type { FleetStatus } from '../nats/fleet.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { FeedStatus } from '../publish/sink.ts';
import { expiryText } from '../tls/expiry.ts';
import type { CertificateStatus, LiveCertificate } from '../tls/live-certificate.ts';
import type { Announcer } from './announcing/announcer.ts';
import type { Reloader } from './reload.ts';
import type { RunningDatasets } from './running.ts';
import type { ServiceState } from './service/service-state.ts';

export class LiveState implements ServerState, ServiceState {
  /** Sentences about what the server waits for at this moment. */
  readonly waits = new Set<string>();
  readonly #running: RunningDatasets;
  readonly #reloader: Reloader;
  readonly #clock: ClockWatch;

  readonly #certificate: LiveCertificate;
  readonly #announcer: Pick<Announcer, 'status'>;
  readonly #publisher: Pick<Publisher, 'of'> | undefined;

  constructor(
    running: RunningDatasets,
    reloader: Reloader,
    clock: ClockWatch,
    certificate: LiveCertificate,
    announcer: Pick<Announcer, 'status'>,
    publisher?: Pick<Publisher, 'of'>,
  ) {
    this.#publisher = publisher;
    this.#announcer = announcer;
    this.#certificate = certificate;
    this.#running = running;
    this.#reloader = reloader;
    this.#clock = clock;
  }

  get datasets(): readonly Dataset[] {
    return this.#running.datasets;
  }

  get fleet(): FleetStatus | undefined {
    return this.#running.fleet;
  }

  get waiting(): readonly WaitingDataset[] {
    return this.#running.waiting;
  }

  get limits(): ServerConfig {
    return this.#running.config.server;
  }

  get trustProxy(): readonly string[] {
    return this.limits.trustProxy;
  }

  get allow(): readonly string[] | undefined {
    return this.limits.allow;
  }

  get hosts(): readonly string[] | undefined {
    return this.limits.hosts;
  }

  get access(): AccessRules | undefined {
    return this.#running.config.access?.rules;
  }

  get builtin(): BuiltinFacts | undefined {
    return this.#running.config.builtin;
  }

  get origins(): readonly string[] {
    return this.limits.cors.origins;
  }

  get frameOrigins(): readonly string[] {
    return this.limits.embed.origins;
  }

  get configuration(): ConfigurationState {
    return this.#reloader.state;
  }

  get clock(): ClockState {
    return this.#clock.state;
  }

  get announcement(): AnnouncementStatus {
    return this.#announcer.status;
  }

  get certificate(): CertificateStatus | undefined {
    return this.#certificate.status;
  }

  publishing(dataset: Dataset): readonly FeedStatus[] {
    return this.#publisher?.of(dataset) ?? [];
  }

  get remarks(): readonly string[] {
    const state = this.configuration;
    const { problemsSince, failed } = state;
    return [
      ...this.waits,
      ...(problemsSince === undefined
        ? []
        : [`the configuration is wrong since ${secondsText(problemsSince)}, and ${inUseText(state)}`]),
      ...failed,
      ...certificateRemarks(this.certificate),
      ...(this.clock.synchronized === 'no' ? ['the clock is not synchronised'] : []),
    ];
  }
}

function certificateRemarks(certificate: CertificateStatus | undefined): readonly string[] {
  const { state = 'valid', expires = 0, problem } = certificate ?? {};
  if (problem !== undefined)
    return [
      `${state === 'none' ? 'no client can connect' : 'the former certificate stays in use'}: ${problem}`,
    ];
  return state === 'valid' ? [] : [`the certificate ${expiryText(expires)}`];
}
