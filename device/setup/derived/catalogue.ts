// Lists all derivations, in the order of the documents.

import { divider, linear, polynomial } from './arithmetic.ts';
import type { Derivation } from './derivation.ts';
import { ntcBeta, ntcSteinhartHart } from './thermistor.ts';
import { tmp36Derivation } from './tmp36.ts';

export const DERIVATIONS: readonly Derivation[] = [
  linear,
  polynomial,
  divider,
  tmp36Derivation,
  ntcBeta,
  ntcSteinhartHart,
];
