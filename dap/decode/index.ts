// The decoder of DAP2 data responses: from pushed bytes, from a complete response, or from a stream.

export type { DecodedPart } from './decoder.ts';
export { Decoder, decodeAll } from './decoder.ts';
export { DecodeError } from './error.ts';
export type { DecodeLimits } from './limits.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export type { ByteSource, DecodeStreamOptions } from './stream.ts';
export { decodeStream } from './stream.ts';
