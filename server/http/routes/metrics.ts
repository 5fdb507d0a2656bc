// `/metrics`: the state of the server for Prometheus and all that reads OpenMetrics.

import type { FastifyInstance } from 'fastify';
import type { OpenConnections } from '../../connections/open-connections.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { RowFormat } from '../../formats/row-format.ts';
import type { ClockState } from '../../machine/clock-watch.ts';
import { clockMetric } from '../../metrics/clock-metric.ts';
import { connectionMetrics } from '../../metrics/connection-metrics.ts';
import { datasetMetrics } from '../../metrics/dataset-metrics.ts';
import { acceptedFormat, CONTENT_TYPES, type MetricFormat, printMetrics } from '../../metrics/exposition.ts';
import { processMetrics } from '../../metrics/process-metrics.ts';
import { streamMetrics } from '../../metrics/stream-metrics.ts';
import type { OpenStreams } from '../../stream/open-streams.ts';

interface MetricsSources {
  readonly datasets: () => readonly Dataset[];
  readonly streams: OpenStreams;
  readonly connections: OpenConnections;
  readonly clock: () => ClockState | undefined;
  readonly rowFormats: readonly RowFormat[];
}

export function metricsRoute(
  app: FastifyInstance,
  { datasets, streams, connections, clock, rowFormats }: MetricsSources,
): void {
  const print = async (format: MetricFormat): Promise<string> => {
    const ofProcess = await processMetrics();
    return printMetrics(
      [
        ...ofProcess,
        clockMetric(clock()),
        ...datasetMetrics(datasets()),
        ...streamMetrics(datasets(), streams, rowFormats),
        ...connectionMetrics(connections),
      ],
      format,
    );
  };
  /** What is under way, which all get that ask for it meanwhile: hundreds at once would hold up rows. */
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
