// Frames bytes as a chunk of a body of unknown length, in the memory that holds them already (RFC 9112, section 7.1).

/** Room before the bytes, for eight hexadecimal digits and a line end, and after them, for a line end. */
const BEFORE = 10;
const AFTER = 2;

/** Bytes of memory that a chunk needs besides its own. */
export const CHUNK_MARKS = BEFORE + AFTER;

const [CARRIAGE_RETURN, LINE_FEED] = [0x0d, 0x0a];
const DIGITS = Uint8Array.from('0123456789abcdef', digit => digit.charCodeAt(0));

/** Bytes as they are, for a body without chunks, and framed, for a body in chunks. No bytes have no frame: an empty chunk ends a body. */
export interface Chunk {
  readonly framed: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Copies bytes into a chunk. */
export function chunkOf(bytes: Uint8Array): Chunk {
  return chunkIn(Buffer.allocUnsafe(bytes.length + CHUNK_MARKS), into => {
    into.set(bytes);
    return into;
  });
}

/**
 * Frames the bytes that `fill` writes to the beginning of the memory that it gets, and returns. Bytes that `fill` returns from
 * elsewhere, because the memory was too small, are copied.
 */
export function chunkIn(memory: Uint8Array, fill: (into: Uint8Array) => Uint8Array): Chunk {
  const room = memory.subarray(BEFORE, memory.length - AFTER);
  const bytes = fill(room);
  if (bytes.buffer !== room.buffer || bytes.byteOffset !== room.byteOffset) return chunkOf(bytes);
  if (bytes.length === 0) return { framed: bytes, bytes };
  const end = BEFORE + bytes.length;
  memory[end] = CARRIAGE_RETURN;
  memory[end + 1] = LINE_FEED;
  let at = BEFORE - 2;
  memory[at] = CARRIAGE_RETURN;
  memory[at + 1] = LINE_FEED;
  for (let rest = bytes.length; rest > 0; rest = Math.floor(rest / 16)) {
    at -= 1;
    memory[at] = DIGITS[rest % 16]!;
  }
  return { framed: memory.subarray(at, end + AFTER), bytes };
}
