// Declares the refusal of a request: an HTTP status and a sentence for the client.

/** A refusal with a status and a message for the client. */
export class RequestError extends Error {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'RequestError';
    this.statusCode = statusCode;
    this.headers = headers;
  }
}

/** The error for an unsupported method. */
export function wrongMethod(method: string): RequestError {
  return new RequestError(405, `expected GET, HEAD or OPTIONS, found ${method}`, {
    Allow: 'GET, HEAD, OPTIONS',
  });
}
