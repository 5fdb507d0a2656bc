// Drops the head of a response that has been sent: of thousands of streams, Node would keep it as long as they last.

import type { ServerResponse } from 'node:http';

/** What Node keeps of a head: undocumented, but there since Node 8. */
interface WithHead {
  _header?: string | null;
}

/** The name of the symbol by which Node keeps the headers one by one. */
const HEADERS = 'kOutHeaders';

/** A head that has been sent has some text, by which Node knows that it has been. */
const SENT = 'sent';

/** Sends the head now, and keeps none of it: about 4 kB. No header can be read or set after that. */
export function sendHead(response: ServerResponse & WithHead): void {
  response.flushHeaders();
  if (!response.headersSent) return;
  if (typeof response._header === 'string') response._header = SENT;
  for (const symbol of Object.getOwnPropertySymbols(response))
    if (symbol.description === HEADERS) Reflect.set(response, symbol, null);
}
