// Did a word of an SHT3x arrive as it was sent? By the CRC-8 that follows it (Sensirion datasheet, section 4.12).

const POLYNOMIAL = 0x31;
const INITIAL = 0xff;

/** The CRC of these bytes: x^8 + x^5 + x^4 + 1, greatest bit first, nothing turned or inverted. */
export function crc8(bytes: Uint8Array): number {
  let crc = INITIAL;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? POLYNOMIAL : 0)) & 0xff;
  }
  return crc;
}
