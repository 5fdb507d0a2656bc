// Opens the fleet of a configuration, which serves every dataset of a stream of NATS.

import { RESERVED_NAMES } from '../config/check/reserved-names.ts';
import type { FleetConfig } from '../config/config.ts';
import { Fleet } from '../nats/fleet.ts';
import { DEFAULT_BOUNDS } from '../store/memory-store.ts';
import type { OpenEvents } from './opening.ts';

/** @param isConfigured whether the configuration has a dataset of this name */
export function openFleet(
  { nats, datasets, past, rest, isPublic }: FleetConfig,
  events: OpenEvents,
  isConfigured: (name: string) => boolean,
): Fleet {
  const { onOverrun, onFailure, onLoadFailure, onFleet } = events;
  return new Fleet(
    { nats, pattern: datasets, bounds: { ...DEFAULT_BOUNDS, age: past }, rest, isPublic },
    name => RESERVED_NAMES.has(name) || isConfigured(name),
    {
      ofDataset: name => ({
        onOverrun: missed => onOverrun?.(name, missed),
        onFailure: error => onFailure?.(name, error),
        onLoadFailure: error => onLoadFailure?.(name, error),
      }),
      onEvent: event => onFleet?.(event),
    },
  );
}
