// Suggests how to write a history for a text that is none: a path, a time, a size, or another word for on and off.

import type { Step } from '../text/problem.ts';

const WORDS: Readonly<Record<string, 'on' | 'off'>> = {
  ...{ on: 'on', yes: 'on', y: 'on', true: 'on', enabled: 'on' },
  ...{ off: 'off', no: 'off', n: 'off', false: 'off', none: 'off', disabled: 'off' },
};

/** Undefined for another key than `history`, and for a text that has no likely meaning. */
export function insteadOfHistory(key: Step | undefined, value: unknown): string | undefined {
  if (key !== 'history' || typeof value !== 'string') return undefined;
  const word = WORDS[value.toLowerCase()];
  if (word !== undefined) return `write history: ${word}`;
  const text = value.trim();
  const inside = (name: string) => `write history: {${name}: ${text}}`;
  if (/^[~/.][\w./-]*$/.test(text)) return inside('path');
  if (/^\d+(\.\d+)? ?[KMGT]i?B$/.test(text)) return inside('size');
  return /^\d+(\.\d+)? ?(h|d|y)$/.test(text) ? inside('keep') : undefined;
}
