// Opens stations and servers for one test, and closes them after it.

import { afterEach } from 'vitest';
import { type Row, type Serving, Station, serve } from './station.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** Closes `server` after the test. */
export function closedAfterTest<Server extends { close(): Promise<void> }>(server: Server): Server {
  open.push(server);
  return server;
}

/** A station with a past of `rows`. */
export async function station(rows: readonly Row[] = []): Promise<Station> {
  const opened = await new Station(rows).open();
  closedAfterTest({ close: () => opened.crash() });
  return opened;
}

/** An HTTP server that answers with `handler`. */
export async function answering(...[handler, port]: Parameters<typeof serve>): Promise<Serving> {
  return closedAfterTest(await serve(handler, port));
}
