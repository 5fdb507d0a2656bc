// The format `.dods`: the structure, then the rows as DAP2 binary data (XDR) and the end marker.

import { DAP2, END_OF_SEQUENCE, encodeHeader, rowEncoder, xdrRowSize } from '../../dap/protocol.ts';
import type { RowFormat } from './row-format.ts';

export const dods: RowFormat = {
  ...DAP2.dods,
  name: 'dods',
  open: ({ plan: { dataset, sequence } }) => ({
    head: encodeHeader(dataset),
    encode: rowEncoder(sequence),
    end: END_OF_SEQUENCE,
    rowBytes: xdrRowSize(sequence),
  }),
};
