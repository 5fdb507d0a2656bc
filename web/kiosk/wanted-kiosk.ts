// Reads `?kiosk` and `?kiosk=SECONDS` in the address of the page.

import { lastValue, parametersOf } from '../stream/parameters.ts';

const SHORTEST = 5;
const LONGEST = 86_400;

export interface WantedKiosk {
  /** Seconds for which each dataset is shown; undefined to stay. */
  readonly every?: number;
  /** What the address says and the page does not understand: a sentence for the reader. */
  readonly problem?: string;
}

/** What the address `page` names; undefined for a page with its controls. */
export function wantedKiosk(page: string): WantedKiosk | undefined {
  const value = lastValue(parametersOf(page), 'kiosk');
  if (value === undefined) return undefined;
  if (value === '') return {};
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (seconds >= SHORTEST && seconds <= LONGEST) return { every: seconds };
  return {
    problem:
      `The address of this page says kiosk=${value}: expected kiosk alone, or the seconds for each dataset, ` +
      `${SHORTEST} to ${LONGEST}, such as kiosk=20. The datasets do not change.`,
  };
}
