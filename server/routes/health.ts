// Is the server well? `/health`: its configuration, each dataset's rows and sensors, and the streams that are open.

import type { FastifyInstance } from 'fastify';
import type { ConfigurationState } from '../configuration-state.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { OpenStreams } from '../stream/open-streams.ts';
import { VERSION } from '../version.ts';

export function healthRoute(
  app: FastifyInstance,
  datasets: () => readonly Dataset[],
  streams: OpenStreams,
  configuration: () => ConfigurationState | undefined,
): void {
  app.get('/health', { exposeHeadRoute: true }, async (_request, reply) => {
    const states = datasets().map(dataset => ({
      name: dataset.info.name,
      interval: dataset.interval,
      ...dataset.status(),
    }));
    const configured = configuration();
    const well =
      !configured?.problems.length &&
      !configured?.failed.length &&
      states.every(
        state => state.failure === undefined && state.sensors.every(({ state }) => state === 'ok'),
      );
    // A dead sensor is no reason to restart the server: the status stays 200, the body says what is wrong.
    reply.header('Cache-Control', 'no-store');
    const { counted } = streams;
    return {
      status: well ? 'ok' : 'degraded',
      version: VERSION,
      uptime: Math.round(process.uptime()),
      ...(configured === undefined ? {} : { configuration: configured }),
      streams: streams.size,
      opened: counted.sum(({ begun }) => begun),
      refused: counted.sum(({ refused }) => refused),
      cutOff: counted.sum(({ ended }) => ended['cut-off']),
      datasets: states,
    };
  });
}
