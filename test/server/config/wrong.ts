// Collects the mistakes that people make in a configuration, with the exact messages: the cases of wrong.test.ts.

import { COLUMNS } from './wrong/columns.ts';
import { DATASETS } from './wrong/datasets.ts';
import { DERIVED } from './wrong/derived.ts';
import { HISTORIES } from './wrong/history.ts';
import { INTERVALS } from './wrong/intervals.ts';
import { KEYS } from './wrong/keys.ts';
import { LIMITS } from './wrong/limits.ts';
import { LINES } from './wrong/lines.ts';
import type { Mistake } from './wrong/mistake.ts';
import { NATS } from './wrong/nats.ts';
import { SENSORS } from './wrong/sensors.ts';
import { SERVER } from './wrong/server.ts';
import { SOURCES } from './wrong/sources.ts';
import { YAML } from './wrong/yaml.ts';

export const WRONG: readonly Mistake[] = [
  ...LINES,
  ...NATS,
  ...YAML,
  ...KEYS,
  ...SERVER,
  ...DATASETS,
  ...INTERVALS,
  ...HISTORIES,
  ...SOURCES,
  ...SENSORS,
  ...COLUMNS,
  ...LIMITS,
  ...DERIVED,
];
