// Shares one connection among all datasets that use the same servers of NATS with the same credentials.

import { hostname } from 'node:os';
import { NatsLink } from './link.ts';
import type { NatsOptions } from './nats-options.ts';

interface SharedLink {
  readonly link: NatsLink;
  users: number;
}

const links = new Map<string, SharedLink>();

/** A link that its users share; the last one that closes its lease closes the connection. */
export interface LinkLease {
  readonly link: NatsLink;
  close(): Promise<void>;
}

export function leaseLink(options: NatsOptions): LinkLease {
  const key = JSON.stringify([options.servers, options.credentials, options.ca]);
  const shared = links.get(key) ?? { link: new NatsLink(options, `dapberry ${hostname()}`), users: 0 };
  links.set(key, shared);
  shared.users += 1;
  let isClosed = false;
  return {
    link: shared.link,
    async close() {
      if (isClosed) return;
      isClosed = true;
      shared.users -= 1;
      if (shared.users > 0) return;
      links.delete(key);
      await shared.link.close();
    },
  };
}
