// Writes what documents and editors are told of the configuration anew, from its schema. Run by `npm run docs`, after a build.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SENSOR_KINDS } from '../dist/device/index.js';
import { publishedSchema, referenceText } from '../dist/server/config/reference.js';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/configuration.md');
const text = readFileSync(page, 'utf8');
const end = text.indexOf('## Reference\n');
if (end < 0) throw new Error('docs/configuration.md: expected the heading "## Reference", found none');
writeFileSync(page, `${text.slice(0, end)}## Reference\n\n${referenceText(SENSOR_KINDS)}\n`);
const schema = JSON.stringify(publishedSchema(SENSOR_KINDS), null, 2);
writeFileSync(join(root, 'systemd/config.schema.json'), `${schema}\n`);
