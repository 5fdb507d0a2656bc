// Decodes the bytes of a DAP2 string to text.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The longest string in bytes for which a loop is faster than a call of a decoder. */
const SHORT = 24;

/**
 * The text of a string. DAP2 prescribes ASCII; servers send UTF-8 and ISO-8859-1 as well. Valid UTF-8 is decoded as UTF-8, any other
 * bytes as ISO-8859-1, one character a byte: no byte is lost or replaced.
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length <= SHORT) {
    let text = '';
    let seen = 0;
    for (const byte of bytes) {
      text += String.fromCharCode(byte);
      seen |= byte;
    }
    if (seen < 0x80) return text;
  }
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1(bytes);
  }
}

function latin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  // In parts, because the number of arguments of a call is limited.
  for (let at = 0; at < bytes.length; at += 4096) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 4096)));
  }
  return parts.join('');
}
