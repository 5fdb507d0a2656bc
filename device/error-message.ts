// What does an error say to a person? Its message, whatever it was that somebody threw.

import { valueText } from './value-text.ts';

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    // Not all that can be thrown is a text, or can be made one.
    return valueText(error);
  }
}
