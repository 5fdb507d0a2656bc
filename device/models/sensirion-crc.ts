// The CRC-8 that follows each word of a Sensirion chip (SHT3x datasheet, version 7, section 4.12).

const POLYNOMIAL = 0x31;
const INITIAL = 0xff;

/** The CRC of these bytes: x^8 + x^5 + x^4 + 1, most significant bit first, neither reflected nor inverted. */
export function crc8(bytes: Uint8Array): number {
  let crc = INITIAL;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? POLYNOMIAL : 0)) & 0xff;
  }
  return crc;
}
