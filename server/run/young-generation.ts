// Keeps V8's young generation small while modules are loaded: the pages to which it grows stay, on a slow machine for good.

import { setFlagsFromString } from 'node:v8';

/** V8's own (flag-definitions.h, `semi_space_growth_factor`): the spaces of the young generation double when much of them survives. */
const USUAL_FACTOR = 2;

/** The modules of the program survive, so that loading them would grow it to many times what rows need. */
export function holdYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** Lets it grow with the work again. */
export function releaseYoungGeneration(): void {
  setFlagsFromString(`--semi-space-growth-factor=${USUAL_FACTOR}`);
}
