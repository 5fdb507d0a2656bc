// Writes the generated parts of the documentation, and the JSON Schema, from the definitions of the code. Run by `npm run docs`.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DERIVATIONS, SENSOR_KINDS } from '../build/device/index.js';
import { i2cTable } from '../build/server/config/reference/i2c-kinds.js';
import { mistakesText } from '../build/server/config/reference/mistakes-example.js';
import { publishedSchema, referenceText } from '../build/server/config/reference/reference.js';
import { sensorsText } from '../build/server/config/reference/sensors-page.js';

const root = join(import.meta.dirname, '..');

/** Replaces the text of a page below a heading. */
function writeBelow(heading, page, text) {
  const path = join(root, page);
  const before = readFileSync(path, 'utf8');
  const end = before.indexOf(`\n${heading}\n`);
  if (end < 0) throw new Error(`${page}: expected the heading "${heading}", found none`);
  writeFileSync(path, `${before.slice(0, end)}\n${heading}\n\n${text}\n`);
}

/** Replaces the first block of code below a heading of a page. */
function writeBlock(heading, page, text) {
  const path = join(root, page);
  const before = readFileSync(path, 'utf8');
  const start = before.indexOf('\n```\n', before.indexOf(`\n${heading}\n`)) + 5;
  const end = before.indexOf('\n```\n', start);
  if (start < 5 || end < 0)
    throw new Error(`${page}: expected a block of code below "${heading}", found none`);
  writeFileSync(path, `${before.slice(0, start)}${text}${before.slice(end)}`);
}

/** Replaces the table below a heading of a page. */
function writeTable(heading, page, text) {
  const path = join(root, page);
  const before = readFileSync(path, 'utf8');
  const start = before.indexOf('\n| ', before.indexOf(`\n${heading}\n`)) + 1;
  const end = before.indexOf('\n\n', start);
  if (!before.includes(`\n${heading}\n`) || start < 1 || end < 0)
    throw new Error(`${page}: expected a table below "${heading}", found none`);
  writeFileSync(path, `${before.slice(0, start)}${text}${before.slice(end)}`);
}

writeBlock('## Mistakes', 'docs/configuration.md', mistakesText());
writeBelow('## Reference', 'docs/configuration.md', referenceText(SENSOR_KINDS));
writeBelow('## Kinds', 'docs/sensors.md', sensorsText(SENSOR_KINDS, DERIVATIONS));
writeTable('## Chips', 'docs/i2c.md', i2cTable(SENSOR_KINDS));
const schema = JSON.stringify(publishedSchema(SENSOR_KINDS), null, 2);
writeFileSync(join(root, 'systemd/config.schema.json'), `${schema}\n`);
