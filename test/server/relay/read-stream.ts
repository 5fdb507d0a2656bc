// Reads a response to its end, however long that takes, and gives its last bytes.

/** The last four bytes in hexadecimal; rejects for a response that is broken off. */
export async function readStream(address: string): Promise<string> {
  const response = await fetch(address);
  return Buffer.from(await response.arrayBuffer())
    .subarray(-4)
    .toString('hex');
}
