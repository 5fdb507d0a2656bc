// The metrics of a gateway: the datasets of its fleet, and whether their stream can be read.

import type { FleetStatus } from '../nats/fleet.ts';
import type { MetricFamily } from './exposition.ts';

/** Without samples if no fleet is served. */
export function fleetMetrics(fleet: FleetStatus | undefined): MetricFamily[] {
  const gauge = (name: string, help: string, number: (status: FleetStatus) => number): MetricFamily => ({
    name,
    type: 'gauge',
    help,
    samples: fleet === undefined ? [] : [{ labels: { stream: fleet.stream }, value: number(fleet) }],
  });
  return [
    gauge('dapberry_fleet_ok', '1 while the stream of the fleet is followed.', ({ state }) =>
      Number(state === 'following'),
    ),
    gauge('dapberry_fleet_datasets', 'Datasets of the fleet that are served.', ({ datasets }) => datasets),
    gauge(
      'dapberry_fleet_loaded_datasets',
      'Datasets of the fleet with rows in memory.',
      ({ loaded }) => loaded,
    ),
    gauge(
      'dapberry_fleet_refused_datasets',
      'Datasets of the fleet that can not be served.',
      ({ refused }) => Object.keys(refused).length,
    ),
  ];
}
