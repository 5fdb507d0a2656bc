// Draws the pictures of the wiring into docs/wiring or the folder of its argument. Run by `npm run docs`.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SENSOR_KINDS } from '../build/device/index.js';
import { circuits } from './wiring/circuits.mjs';
import { drawing } from './wiring/drawing.mjs';

const folder = process.argv[2] ?? join(import.meta.dirname, '../docs/wiring');
mkdirSync(folder, { recursive: true });
for (const circuit of circuits(new Map(SENSOR_KINDS.map(kind => [kind.name, kind])))) {
  writeFileSync(join(folder, `${circuit.file}.svg`), drawing(circuit));
}
