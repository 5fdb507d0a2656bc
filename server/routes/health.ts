// Is the server well? `/health`: each dataset's rows and sensors, and the streams that are open.

import type { FastifyInstance } from 'fastify';
import type { Dataset } from '../dataset/dataset.ts';
import type { OpenStreams } from '../stream/open-streams.ts';
import { VERSION } from '../version.ts';

export function healthRoute(app: FastifyInstance, datasets: readonly Dataset[], streams: OpenStreams): void {
  app.get('/health', { exposeHeadRoute: true }, async (_request, reply) => {
    const states = datasets.map(dataset => ({
      name: dataset.info.name,
      interval: dataset.interval,
      ...dataset.status(),
    }));
    const well = states.every(
      state => state.failure === undefined && state.sensors.every(sensor => sensor.state === 'ok'),
    );
    // A dead sensor is no reason to restart the server: the status stays 200, the body says what is wrong.
    reply.header('Cache-Control', 'no-store');
    const { counted } = streams;
    return {
      status: well ? 'ok' : 'degraded',
      version: VERSION,
      uptime: Math.round(process.uptime()),
      streams: streams.size,
      opened: counted.sum(({ begun }) => begun),
      refused: counted.sum(({ refused }) => refused),
      cutOff: counted.sum(({ ended }) => ended['cut-off']),
      datasets: states,
    };
  });
}
