// The metrics of a gateway: the datasets of its fleet, and whether their stream can be read.

import type { FleetStatus } from '../nats/fleet.ts';
import type { MetricFamily } from './exposition.ts';

/** None without a fleet. */
export function fleetMetrics(fleet: FleetStatus | undefined): MetricFamily[] {
  if (fleet === undefined) return [];
  const { stream, state, datasets, loaded, refused } = fleet;
  const gauge = (name: string, help: string, value: number): MetricFamily => ({
    name,
    type: 'gauge',
    help,
    samples: [{ labels: { stream }, value }],
  });
  return [
    gauge('dapberry_fleet_ok', '1 while the stream of the fleet is followed.', state === 'following' ? 1 : 0),
    gauge('dapberry_fleet_datasets', 'Datasets of the fleet that are served.', datasets),
    gauge('dapberry_fleet_loaded_datasets', 'Datasets of the fleet with rows in memory.', loaded),
    gauge(
      'dapberry_fleet_refused_datasets',
      'Datasets of the fleet that can not be served.',
      Object.keys(refused).length,
    ),
  ];
}
