import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { mutated } from './mutations.ts';
import { TARGETS } from './targets.ts';

/** Each run of the tests tries the same cases; `DAPBERRY_FUZZ=1000000` tries a million others of each target. */
const { DAPBERRY_FUZZ } = process.env;
const CASES = Number(DAPBERRY_FUZZ ?? 600);
const SEED = DAPBERRY_FUZZ === undefined ? 1 : Date.now() % 2 ** 31;
const CORPUS = join(import.meta.dirname, 'corpus');

/** Bytes that broke a promise once. */
function found(name: string): readonly string[] {
  const folder = join(CORPUS, name);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

describe.each(TARGETS)('$name of any bytes', target => {
  let seeds: readonly Uint8Array[] = [];
  beforeAll(async () => {
    seeds = await target.seeds();
  });
  afterAll(() => target.close?.());

  it.each(found(target.name))('keep their promise for %s, which broke it once', async file => {
    await target.run(readFileSync(join(CORPUS, target.name, file)));
  });

  it('keep their promise where they are right', async () => {
    for (const seed of seeds) await target.run(seed);
  });

  it('keep their promise where they are nearly right', { timeout: 24 * 3600 * 1000 }, async () => {
    const numRuns = Math.ceil(CASES / (target.slowness ?? 1));
    let last: Uint8Array = new Uint8Array(0);
    const property = fc.asyncProperty(mutated(seeds), async bytes => {
      last = bytes;
      await target.run(bytes);
    });
    const result = await fc.check(property, { seed: SEED, numRuns });
    if (!result.failed) return;
    const [smallest = last] = result.counterexample ?? [];
    mkdirSync(join(CORPUS, target.name), { recursive: true });
    writeFileSync(join(CORPUS, target.name, `found-${result.seed}`), smallest);
    throw new Error(
      `${target.name}: ${JSON.stringify(Buffer.from(smallest).toString('latin1').slice(0, 2000))}`,
      { cause: result.errorInstance },
    );
  });
});
