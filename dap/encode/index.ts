// The encoders of DAP2 data: of values and of the rows of a growing Sequence as XDR, and of rows as text.

export { type ArrayWriter, textArrayWriter, xdrArraySize, xdrArrayWriter } from './arrays.ts';
export { asciiArraysHeader, asciiEncoder, asciiHeader, longestAsciiRow } from './ascii.ts';
export type { NumberWriter } from './digits.ts';
export { type Clock, IsoTimeWriter } from './iso-time.ts';
export { placesOf, RoundedWriter } from './rounded.ts';
export { END_OF_SEQUENCE, type RowEncoder, rowEncoder, xdrRowSize } from './rows.ts';
export {
  type LineStyle,
  lineEncoder,
  longestLine,
  longestRecord,
  type MissingNumber,
  type RecordStyle,
  recordEncoder,
} from './text-rows.ts';
export { encodeHeader, encodeValue } from './xdr.ts';
