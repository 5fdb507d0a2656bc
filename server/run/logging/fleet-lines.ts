// Words the news of a fleet for the log.

import type { FleetEvent } from '../../nats/fleet.ts';
import { spoken } from '../../text/terminal-text.ts';

export interface LogLine {
  readonly level: 'info' | 'warn';
  readonly text: string;
}

export function fleetLine(event: FleetEvent): LogLine {
  switch (event.kind) {
    case 'added':
      return { level: 'info', text: `the fleet has a dataset ${event.dataset} now` };
    case 'changed':
      return {
        level: 'info',
        text: `${event.dataset} of the fleet has other columns: its streams have ended`,
      };
    case 'removed':
      return { level: 'info', text: `the fleet has no dataset ${event.dataset} any more` };
    case 'refused':
      return { level: 'warn', text: `${event.dataset} of the fleet is not served: ${event.reason}` };
    case 'away':
      return { level: 'warn', text: `the fleet is away: ${event.reason}` };
    case 'back':
      return { level: 'info', text: `the fleet is back after ${spoken(event.seconds)}` };
  }
}
