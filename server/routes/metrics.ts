// How does the server do, for those who watch many? `/metrics`, for Prometheus and all that reads OpenMetrics.

import type { FastifyInstance } from 'fastify';
import type { ClockState } from '../clock/clock-watch.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { clockMetric } from '../metrics/clock-metric.ts';
import { datasetMetrics } from '../metrics/dataset-metrics.ts';
import { acceptedFormat, CONTENT_TYPES, printMetrics } from '../metrics/exposition.ts';
import { processMetrics } from '../metrics/process-metrics.ts';
import { streamMetrics } from '../metrics/stream-metrics.ts';
import type { OpenStreams } from '../stream/open-streams.ts';

export function metricsRoute(
  app: FastifyInstance,
  datasets: () => readonly Dataset[],
  streams: OpenStreams,
  clock: () => ClockState | undefined,
): void {
  app.get('/metrics', { exposeHeadRoute: true }, async (request, reply) => {
    const format = acceptedFormat(request.headers.accept);
    const ofProcess = await processMetrics();
    reply.headers({ 'Cache-Control': 'no-store', Vary: 'Accept' }).type(CONTENT_TYPES[format]);
    return printMetrics(
      [
        ...ofProcess,
        clockMetric(clock()),
        ...datasetMetrics(datasets()),
        ...streamMetrics(datasets(), streams),
      ],
      format,
    );
  });
}
