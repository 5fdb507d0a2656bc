// What decodes DAP2 data: pushed bytes, whole responses, and streams.

export type { DecodedPart } from './decoder.ts';
export { Decoder, decodeAll } from './decoder.ts';
export { DecodeError } from './error.ts';
export type { DecodeLimits } from './limits.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export type { ByteSource, DecodeStreamOptions } from './stream.ts';
export { decodeStream } from './stream.ts';
