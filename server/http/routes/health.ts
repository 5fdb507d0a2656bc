// Is the server well? `/health`: its configuration, each dataset's rows and sensors, and the streams that are open.

import type { FastifyInstance } from 'fastify';
import type { ConfigurationState } from '../../config/configuration-state.ts';
import type { OpenConnections } from '../../connections/open-connections.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { ClockState } from '../../machine/clock-watch.ts';
import type { OpenStreams } from '../../stream/open-streams.ts';
import { VERSION } from '../../version.ts';

interface HealthSources {
  readonly datasets: () => readonly Dataset[];
  readonly streams: OpenStreams;
  readonly connections: OpenConnections;
  readonly configuration: () => ConfigurationState | undefined;
  readonly clock: () => ClockState | undefined;
}

export function healthRoute(
  app: FastifyInstance,
  { datasets, streams, connections, configuration, clock }: HealthSources,
): void {
  app.get('/health', { exposeHeadRoute: true }, async (_request, reply) => {
    const states = datasets().map(dataset => stateOf(dataset, streams));
    const configured = configuration();
    const time = clock();
    const well =
      !configured?.problems.length &&
      !configured?.failed.length &&
      states.every(
        // One that was not read yet may be well: with an hour between rows that is not known for an hour.
        state => state.failure === undefined && state.sensors.every(({ state }) => state !== 'failing'),
      );
    // A dead sensor is no reason to restart the server: the status stays 200, the body says what is wrong.
    reply.header('Cache-Control', 'no-store');
    const { counted } = streams;
    return {
      status: well ? 'ok' : 'degraded',
      version: VERSION,
      uptime: Math.round(process.uptime()),
      ...(configured === undefined ? {} : { configuration: configured }),
      // Rows with marked times are rows: a machine that never has a time server is as well as it can be.
      ...(time === undefined ? {} : { clock: time }),
      streams: streams.size,
      opened: counted.sum(({ begun }) => begun),
      refused: counted.sum(({ refused }) => refused),
      cutOff: counted.sum(({ ended }) => ended['cut-off']),
      displaced: counted.sum(({ ended }) => ended.displaced),
      connections: { open: connections.size, limit: connections.limit, ...connections.ended },
      datasets: states,
    };
  });
}

function stateOf(dataset: Dataset, { shared }: OpenStreams) {
  const { log, ...status } = dataset.status();
  return {
    name: dataset.info.name,
    interval: dataset.interval,
    ...status,
    ...(log === undefined ? {} : { log: { ...log, encodedBytes: shared.bytesOf(dataset) } }),
  };
}
