// Answers `/metrics`: the state of the server for Prometheus and other programs that read OpenMetrics.

import type { FastifyInstance } from 'fastify';
import { clockMetric } from '../../metrics/clock-metric.ts';
import { connectionMetrics } from '../../metrics/connection-metrics.ts';
import { datasetMetrics } from '../../metrics/dataset-metrics.ts';
import { acceptedFormat, CONTENT_TYPES, type MetricFormat, printMetrics } from '../../metrics/exposition.ts';
import { processMetrics } from '../../metrics/process-metrics.ts';
import { streamMetrics } from '../../metrics/stream-metrics.ts';
import type { RouteContext } from '../server-state.ts';

export function metricsRoute(
  app: FastifyInstance,
  { state, streams, connections, rowFormats }: RouteContext,
): void {
  const print = async (format: MetricFormat): Promise<string> => {
    const ofProcess = await processMetrics();
    return printMetrics(
      [
        ...ofProcess,
        clockMetric(state.clock),
        ...datasetMetrics(state.datasets),
        ...streamMetrics(state.datasets, streams, rowFormats),
        ...connectionMetrics(connections),
      ],
      format,
    );
  };
  /** Answers in the making. All requests that come meanwhile share one: hundreds at once would delay rows. */
  const underWay = new Map<MetricFormat, Promise<string>>();
  app.get('/metrics', { exposeHeadRoute: true }, async (request, reply) => {
    const format = acceptedFormat(request.headers.accept);
    reply.headers({ 'Cache-Control': 'no-store', Vary: 'Accept' }).type(CONTENT_TYPES[format]);
    let printed = underWay.get(format);
    if (printed === undefined) {
      printed = print(format).finally(() => underWay.delete(format));
      underWay.set(format, printed);
    }
    return printed;
  });
}
