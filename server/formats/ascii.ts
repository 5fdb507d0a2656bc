// The format `.asc`: the structure, a line of names, then a row a line.

import { asciiEncoder, asciiHeader, DAP2, longestAsciiRow } from '../../dap/protocol.ts';
import type { RowFormat } from './row-format.ts';

/**
 * Bytes of text after which every browser shows it. WebKit, the engine of Safari, waits for about 512, which with a short
 * head and a row a second takes many seconds.
 */
const SHOWN_AT_ONCE = 1024;

export const ascii: RowFormat = {
  ...DAP2.ascii,
  name: 'ascii',
  headForBrowser: ({ plan: { dataset } }) => Buffer.from(asciiHeader(dataset, SHOWN_AT_ONCE)),
  open: ({ plan: { dataset, sequence } }) => ({
    head: Buffer.from(asciiHeader(dataset)),
    encode: asciiEncoder(sequence),
    end: new Uint8Array(0),
    rowBytes: longestAsciiRow(sequence),
  }),
};
