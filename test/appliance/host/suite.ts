// Which suites run here? Those of a guest that can be booted; the others say why not.

import { beforeAll, describe, it } from 'vitest';
import { missingTools, type ToolName } from '../../tools.ts';
import { makeImages, obstacle } from './cache.ts';
import type { MachineName } from './machines.ts';

const { CI } = process.env;

/** Making the images takes minutes where nothing is there yet. */
const LONGEST_MAKING = 30 * 60_000;

/**
 * A suite that boots guests and reads what they serve by programs on this machine. Where that cannot be it is skipped,
 * under a name that says why; where `CI` is set it fails, since a suite skipped there would be overlooked.
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
