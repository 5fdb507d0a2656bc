// Reads the answers in the bytes of one HTTP connection, as far as they have come.

/** One request of a connection, as far as it matters to its answer. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD';
  readonly protocol: 'HTTP/1.0' | 'HTTP/1.1';
}

/** One answer as far as it has come; status 0 while its head has not. */
export interface Answer {
  readonly status: number;
  /** The status line and the headers. */
  readonly head: string;
  /** Without the marks of chunked encoding. */
  readonly body: Buffer;
  /** Nothing of it is to come. */
  readonly complete: boolean;
}

const NOTHING: Buffer = Buffer.alloc(0);

/** One answer for each request, in their order. `ended`: no byte will come any more. */
export function answersIn(bytes: Buffer, requests: readonly HttpRequest[], ended: boolean): Answer[] {
  let rest = bytes;
  return requests.map(request => {
    const { answer, behind } = answerIn(rest, request, ended);
    rest = behind;
    return answer;
  });
}

function answerIn(
  bytes: Buffer,
  { method }: HttpRequest,
  ended: boolean,
): { answer: Answer; behind: Buffer } {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return { answer: { status: 0, head: '', body: NOTHING, complete: false }, behind: NOTHING };
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.split(' ')[1]);
  const { body, behind } = bodyIn(bytes.subarray(end + 4), method === 'HEAD' ? 'content-length: 0' : head);
  const complete = behind !== undefined || (ended && !/^transfer-encoding:/im.test(head));
  return { answer: { status, head, body, complete }, behind: behind ?? NOTHING };
}

/** `behind` is undefined where the body does not say that it is whole. */
function bodyIn(bytes: Buffer, head: string): { body: Buffer; behind: Buffer | undefined } {
  if (/^transfer-encoding: chunked$/im.test(head)) return unchunked(bytes);
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (length === undefined) return { body: bytes, behind: undefined };
  const size = Number(length);
  return {
    body: bytes.subarray(0, size),
    behind: bytes.length < size ? undefined : bytes.subarray(size),
  };
}

/** The chunks of a body (RFC 9112, section 7.1). */
function unchunked(bytes: Buffer): { body: Buffer; behind: Buffer | undefined } {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) break;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (Number.isNaN(size)) throw new Error(`expected the size of a chunk at byte ${at} of the body`);
    if (size === 0) {
      const whole = bytes.length >= line + 4;
      return { body: Buffer.concat(parts), behind: whole ? bytes.subarray(line + 4) : undefined };
    }
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
  return { body: Buffer.concat(parts), behind: undefined };
}
