// Gives the message of anything that was thrown.

import { valueText } from './value-text.ts';

/** The message of an error, or of any other value that was thrown. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    // Some values cannot be made a text.
    return valueText(error);
  }
}
