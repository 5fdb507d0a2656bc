// Answers `/metrics`: the state of the server for Prometheus and other programs that read OpenMetrics.

import type { FastifyInstance } from 'fastify';
import type { Dataset } from '../../dataset/dataset.ts';
import type { WaitingDataset } from '../../dataset/waiting.ts';
import { certificateMetric } from '../../metrics/certificate-metric.ts';
import { clockMetric } from '../../metrics/clock-metric.ts';
import { configurationMetrics } from '../../metrics/configuration-metrics.ts';
import { connectionMetrics } from '../../metrics/connection-metrics.ts';
import { datasetMetrics } from '../../metrics/dataset-metrics.ts';
import { acceptedFormat, CONTENT_TYPES, type MetricFormat, printMetrics } from '../../metrics/exposition.ts';
import { fleetMetrics } from '../../metrics/fleet-metrics.ts';
import { loginMetrics } from '../../metrics/login-metrics.ts';
import { processMetrics } from '../../metrics/process-metrics.ts';
import { publishMetrics } from '../../metrics/publish-metrics.ts';
import { streamMetrics } from '../../metrics/stream-metrics.ts';
import { readableBy, waitingFor } from '../guard.ts';
import type { RouteContext } from '../server-state.ts';

export function metricsRoute(
  app: FastifyInstance,
  { state, streams, connections, rowFormats }: RouteContext,
): void {
  const print = async (
    format: MetricFormat,
    datasets: readonly Dataset[],
    waiting: readonly WaitingDataset[],
  ): Promise<string> => {
    const ofProcess = await processMetrics();
    return printMetrics(
      [
        ...ofProcess,
        clockMetric(state.clock),
        certificateMetric(state.certificate),
        ...configurationMetrics(state.configuration),
        ...datasetMetrics(datasets, waiting),
        ...fleetMetrics(state.fleet),
        ...publishMetrics(datasets, state.publishing?.bind(state)),
        ...streamMetrics(datasets, streams, rowFormats),
        ...connectionMetrics(connections),
        ...loginMetrics(app.logins),
      ],
      format,
    );
  };
  /** Answers in the making. All requests that come meanwhile share one: hundreds at once would delay rows. */
  const underWay = new Map<string, Promise<string>>();
  const options = { exposeHeadRoute: true, config: { access: 'metrics' } } as const;
  app.get('/metrics', options, async (request, reply) => {
    const format = acceptedFormat(request.headers.accept);
    reply.headers({ 'Cache-Control': 'no-store', Vary: 'Accept' }).type(CONTENT_TYPES[format]);
    const datasets = readableBy(request, state, 'metrics');
    const waiting = waitingFor(request, state, 'metrics');
    const key = `${format} ${[...datasets, ...waiting].map(({ info }) => info.name).join(',')}`;
    let printed = underWay.get(key);
    if (printed === undefined) {
      printed = print(format, datasets, waiting).finally(() => underWay.delete(key));
      underWay.set(key, printed);
    }
    return printed;
  });
}
