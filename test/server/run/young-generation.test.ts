import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { ROOT } from '../../sources.ts';

const MODULE = pathToFileURL(join(ROOT, 'build/server/run/young-generation.js'));

/** Bytes of the young generation of another process while much of it survives: while it is held, and when it is released. */
function sizes(): { readonly held: number; readonly released: number } {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { holdYoungGeneration, releaseYoungGeneration } from '${MODULE}';
    const size = () => getHeapSpaceStatistics().find(space => space.space_name === 'new_space').space_size;
    const survive = () => Array.from({ length: 1_000_000 }, (_, index) => ({ index })).length && size();
    holdYoungGeneration();
    const held = survive();
    releaseYoungGeneration();
    console.log(JSON.stringify({ held, released: survive() }));
  `;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  return JSON.parse(out) as ReturnType<typeof sizes>;
}

it('stays small while it is held, and grows with the work after that', () => {
  const { held, released } = sizes();
  expect(held).toBeLessThanOrEqual(4 * 1024 ** 2);
  expect(released).toBeGreaterThanOrEqual(2 * held);
});
