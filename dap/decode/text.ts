// Which characters do the bytes of a DAP2 string stand for?

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes up to which a loop beats the call of a decoder. */
const SHORT = 24;

/**
 * DAP2 says ASCII; servers send UTF-8 and ISO-8859-1 as well. Bytes that are good UTF-8 are read as that, others as
 * ISO-8859-1, one character a byte: nothing is lost and nothing is replaced.
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
  // In parts, because a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 4096) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 4096)));
  }
  return parts.join('');
}
