// The format `.ndjson`: each row a JSON object on a line of its own, for jq, DuckDB, Node-RED and logs.

import { TIME_OPTION, timeForm } from './column-text.ts';
import { jsonEncoder, objectFrame } from './json-rows.ts';
import type { RowFormat } from './row-format.ts';

export const ndjson: RowFormat = {
  suffix: '.ndjson',
  mediaType: 'application/x-ndjson; charset=utf-8',
  label: 'JSON lines',
  summary: 'the rows as JSON objects, one a line; endless unless the constraint bounds them',
  constrainedBy: 'constraint',
  name: 'ndjson',
  isDownload: true,
  options: [TIME_OPTION],
  open: ({ plan: { sequence }, attributes, options }) => ({
    head: new Uint8Array(0),
    ...jsonEncoder(sequence, attributes, timeForm(options), objectFrame(sequence)),
    end: new Uint8Array(0),
  }),
};
