// Serves the rows of every type, in memory, to the tests of one describe, and asks for their responses.

import { afterAll, beforeAll, expect } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { TIMES, type TypedStation, typedRows, typedStation } from './typed-station.ts';

export interface ServedStation {
  readonly server: Serving;
  get(path: string, init?: RequestInit): Promise<Response>;
  /** The status and the message of an answer that is an Error object. */
  message(path: string): Promise<(string | number | undefined)[]>;
}

/** It is there for the tests and the later hooks of the `describe` in which it is called. */
export function servedStation(): ServedStation {
  let station: TypedStation;
  let server: Serving;
  beforeAll(async () => {
    station = await typedStation('memory', typedRows(TIMES));
    server = await serving({ datasets: [station.dataset] });
  });
  afterAll(async () => {
    await server.close();
    await station.remove();
  });
  const get = (path: string, init?: RequestInit) =>
    fetch(`${server.url}/${path}`, { redirect: 'manual', ...init });
  return {
    get server() {
      return server;
    },
    get,
    message: async path => {
      const answer = await get(path);
      const text = await answer.text();
      expect(answer.headers.get('content-description')).toBe('dods_error');
      return [answer.status, /message = "(.*)";/.exec(text)?.[1]?.replaceAll('\\"', '"')];
    },
  };
}
