// The encoders of DAP2 data: of values and of the rows of a growing Sequence as XDR, and of rows as text.

export { asciiEncoder, asciiHeader, longestAsciiRow } from './ascii.ts';
export { END_OF_SEQUENCE, type RowEncoder, rowEncoder, xdrRowSize } from './rows.ts';
export { type LineStyle, lineEncoder, longestLine, type MissingNumber } from './text-rows.ts';
export { encodeHeader, encodeValue } from './xdr.ts';
