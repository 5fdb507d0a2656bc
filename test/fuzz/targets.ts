// Lists the targets of the fuzzer.

import type { Target } from './target.ts';
import { configurations } from './targets/configurations.ts';
import { constraints } from './targets/constraints.ts';
import { descriptions } from './targets/descriptions.ts';
import { histories } from './targets/histories.ts';
import { imports } from './targets/imports.ts';
import { kernelFiles } from './targets/kernel-files.ts';
import { messages } from './targets/messages.ts';
import { recordings } from './targets/recordings.ts';
import { requests } from './targets/requests.ts';
import { responses } from './targets/responses.ts';
import { smallTexts } from './targets/small-texts.ts';

export const TARGETS: readonly Target[] = [
  responses,
  descriptions,
  constraints,
  smallTexts,
  messages,
  configurations,
  recordings,
  imports,
  kernelFiles,
  histories,
  requests,
];
