// Defines the suites of a guest, or skips them with the reason why it cannot be booted here.

import { beforeAll, describe, it } from 'vitest';
import { missingTools, type ToolName } from '../../tools.ts';
import { makeImages, obstacle } from './cache.ts';
import type { MachineName } from './machines.ts';

const { CI } = process.env;

/** The timeout of making the images in milliseconds: the first time takes minutes. */
const LONGEST_MAKING = 30 * 60_000;

/**
 * Defines a suite that boots guests and reads their data with programs of this machine. If the machine lacks something, the
 * suite is skipped under a name that says why; if `CI` is set it fails instead, for a skipped suite would be overlooked there.
 */
export function describeGuest(
  machine: MachineName,
  needed: readonly ToolName[],
  name: string,
  suite: () => void,
): void {
  const reasons = [obstacle() ?? [], missingTools(needed).map(({ reason }) => reason)].flat();
  if (reasons.length === 0) {
    describe(name, () => {
      beforeAll(() => makeImages(machine), LONGEST_MAKING);
      suite();
    });
  } else if (CI) {
    describe(name, () => {
      it('finds what it needs', () => {
        throw new Error(`expected a machine that can boot the ${machine} guest; found ${reasons.join(', ')}`);
      });
    });
  } else {
    describe.skip(`${name} (${reasons.join(', ')})`, suite);
  }
}
