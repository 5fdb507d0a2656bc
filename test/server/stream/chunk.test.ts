import { describe, expect, it } from 'vitest';
import { CHUNK_MARKS, chunkIn, chunkOf } from '../../../server/stream/chunk.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('a chunk', () => {
  it.each([
    ['a', '1\r\na\r\n'],
    ['0123456789abcdef', '10\r\n0123456789abcdef\r\n'],
    ['x'.repeat(0xabcd), `abcd\r\n${'x'.repeat(0xabcd)}\r\n`],
  ])(
    '%#: has its length in hexadecimal and a line end before the bytes, and a line end after them',
    (body, framed) => {
      const chunk = chunkOf(Buffer.from(body));
      expect(text(chunk.framed)).toBe(framed);
      expect(text(chunk.bytes)).toBe(body);
    },
  );

  it('is written into the given memory, and leaves the bytes behind it unchanged', () => {
    const memory = new Uint8Array(100).fill(0xff);
    const chunk = chunkIn(memory, into => {
      expect(into.length).toBe(100 - CHUNK_MARKS);
      into.set([1, 2, 3]);
      return into.subarray(0, 3);
    });
    expect(text(chunk.framed)).toBe('3\r\n\x01\x02\x03\r\n');
    expect(chunk.framed.buffer).toBe(memory.buffer);
    const end = chunk.framed.byteOffset + chunk.framed.length;
    expect(memory.subarray(end)).toEqual(new Uint8Array(100 - end).fill(0xff));
  });

  it('may fill the memory exactly', () => {
    const memory = new Uint8Array(20 + CHUNK_MARKS);
    const chunk = chunkIn(memory, into => into.fill(0x41));
    expect(text(chunk.framed)).toBe(`14\r\n${'A'.repeat(20)}\r\n`);
  });

  it('has no frame without bytes, since an empty chunk ends a body', () => {
    expect(text(chunkOf(new Uint8Array(0)).framed)).toBe('');
    expect(text(chunkIn(new Uint8Array(40), into => into.subarray(0, 0)).framed)).toBe('');
    expect(text(chunkIn(new Uint8Array(40), () => new Uint8Array(0)).framed)).toBe('');
  });

  it('is copied if the memory is too small for the bytes', () => {
    const memory = new Uint8Array(20);
    const chunk = chunkIn(memory, () => new Uint8Array(300).fill(0x42));
    expect(text(chunk.framed)).toBe(`12c\r\n${'B'.repeat(300)}\r\n`);
    expect(memory).toEqual(new Uint8Array(20));
  });
});
