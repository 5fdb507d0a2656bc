// Answers `/health`: the state of the configuration, of each dataset's rows and sensors, and of the open streams.

import type { FastifyInstance } from 'fastify';
import type { Dataset } from '../../dataset/dataset.ts';
import type { WaitingDataset } from '../../dataset/waiting.ts';
import type { FeedStatus } from '../../publish/sink.ts';
import { publishedInterval, type SourceStatus } from '../../source/row-source.ts';
import type { HistoryStatus } from '../../store/row-store.ts';
import type { OpenStreams } from '../../stream/open-streams.ts';
import { VERSION } from '../../version.ts';
import { descriptionTag } from '../description-tag.ts';
import { readableBy, waitingFor } from '../guard.ts';
import type { RouteContext, ServerState } from '../server-state.ts';

export function healthRoute(app: FastifyInstance, { state, streams, connections }: RouteContext): void {
  const options = { exposeHeadRoute: true, config: { access: 'health' } } as const;
  app.get('/health', options, async (request, reply) => {
    const { configuration, clock, certificate, announcement } = state;
    const readable = readableBy(request, state, 'health');
    const isWhole = readable.length === state.datasets.length;
    const datasets = readable.map(dataset => ({
      ...datasetHealth(dataset, streams),
      // Its errors quote the addresses of other machines.
      ...publishHealth(isWhole ? state.publishing?.(dataset) : undefined),
    }));
    const waiting = waitingFor(request, state, 'health');
    const isHealthy =
      !state.waiting?.length &&
      isHealthyFleet(state.fleet) &&
      !configuration?.problems.length &&
      !configuration?.failed.length &&
      isHealthyCertificate(certificate) &&
      state.datasets.every(dataset => {
        const { failure, source, store } = dataset.status();
        const isPublished = state.publishing?.(dataset).every(feed => feed.state !== 'away') ?? true;
        return (
          failure === undefined && isPublished && isHealthyHistory(store?.history) && isHealthySource(source)
        );
      });
    // A dead sensor is no reason to restart the server: the HTTP status stays 200, the body says what is wrong.
    reply.header('Cache-Control', 'no-store');
    const { counted } = streams;
    return {
      status: isHealthy ? 'ok' : 'degraded',
      version: VERSION,
      uptime: Math.round(process.uptime()),
      // Its mistakes quote the configuration.
      ...(configuration === undefined || !isWhole ? {} : { configuration }),
      ...(certificate === undefined ? {} : { certificate: isWhole ? certificate : expiryIn(certificate) }),
      // A machine without Avahi is found by its address.
      ...(announcement === undefined || !isWhole ? {} : { announcement }),
      // An unsynchronised clock is no fault: a machine without a time server is as healthy as it can be.
      ...(clock === undefined ? {} : { clock }),
      streams: streams.size,
      opened: counted.sum(({ begun }) => begun),
      refused: counted.sum(({ refused }) => refused),
      cutOff: counted.sum(({ ended }) => ended['cut-off']),
      displaced: counted.sum(({ ended }) => ended.displaced),
      connections: { open: connections.size, limit: connections.limit, ...connections.ended },
      datasets,
      // Its problems quote the addresses of other machines.
      ...(state.fleet === undefined || !isWhole ? {} : { fleet: state.fleet }),
      ...(waiting.length === 0 ? {} : { waiting: waiting.map(waitingHealth) }),
    };
  });
}

/** Datasets that are not served are a fault too: somebody publishes them. */
function isHealthyFleet(fleet: ServerState['fleet']): boolean {
  return fleet === undefined || (fleet.state === 'following' && Object.keys(fleet.refused).length === 0);
}

function isHealthyCertificate(certificate: ServerState['certificate']): boolean {
  if (certificate === undefined) return true;
  const { state, problem } = certificate;
  return problem === undefined && (state === 'valid' || state === 'expiring');
}

/** The part that every client sees in the handshake; the rest names files. */
function expiryIn({ state, expires }: NonNullable<ServerState['certificate']>): object {
  return { state, ...(expires === undefined ? {} : { expires }) };
}

function waitingHealth({ info, reason, since, retryAfter }: WaitingDataset) {
  return { name: info.name, reason, since, retryAfter };
}

/** A dataset's part of the answer, without the fields that rows of its kind do not have. */
function datasetHealth(dataset: Dataset, { shared }: OpenStreams) {
  const { source, store, ...rows } = dataset.status();
  const { history, extent, ...memory } = store ?? {};
  return {
    name: dataset.info.name,
    description: descriptionTag(dataset),
    interval: publishedInterval(dataset.delivery),
    ...rows,
    ...(extent === undefined ? {} : { extent }),
    ...sourceHealth(source),
    ...(store === undefined ? {} : { log: { ...memory, encodedBytes: shared.bytesOf(dataset) } }),
    ...(history === undefined ? {} : { history }),
  };
}

function publishHealth(feeds: readonly FeedStatus[] = []): object {
  return feeds.length === 0 ? {} : { publish: feeds };
}

/** Files that were set aside, and rows that were lost, are over: the fields say how many. */
function isHealthyHistory(history: HistoryStatus | undefined): boolean {
  return (
    history === undefined ||
    [history.failure, history.mergeFailure, history.deletionFailure, history.unfitSince].every(
      fault => fault === undefined,
    )
  );
}

function isHealthySource(source: SourceStatus): boolean {
  switch (source.kind) {
    case 'sensors':
      // A sensor that waits for its first reading, which may take an hour, may be healthy.
      return source.sensors.every(({ state }) => state !== 'failing');
    case 'dap2':
      return source.state !== 'away' && !source.isBehind;
    case 'plain':
      return true;
    case 'nats':
      return source.problem === undefined;
  }
}

/** The fields of the answer that a source of this kind adds to those of every dataset. */
function sourceHealth(source: SourceStatus): object {
  switch (source.kind) {
    case 'sensors': {
      const { sensors, clock, schedule, dropped } = source;
      return { sensors, clock, ...schedule, ...(dropped === undefined ? {} : { dropped }) };
    }
    case 'dap2': {
      const { kind, ...relay } = source;
      return { source: { kind, ...relay } };
    }
    case 'plain':
      return {};
    case 'nats': {
      const { kind, ...fleet } = source;
      return { source: { kind, ...fleet } };
    }
  }
}
