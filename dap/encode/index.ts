// What encodes DAP2 data: whole values, rows of a Sequence as they come, and rows as text.

export { asciiEncoder, asciiHeader, longestAsciiRow } from './ascii.ts';
export { END_OF_SEQUENCE, type RowEncoder, rowEncoder, xdrRowSize } from './rows.ts';
export { encodeHeader, encodeValue } from './xdr.ts';
