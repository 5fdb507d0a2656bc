// Mistakes about a fleet on NATS: its servers, stream and names, and the messages for them.

import type { Mistake } from './mistake.ts';

const ONE = 'nats://HOST:PORT or tls://HOST:PORT, without a user or a password';
const SERVER = `${ONE}, or a list of them`;

export const NATS: readonly Mistake[] = [
  [
    'one of several servers without a scheme',
    `fleet:
  nats: {servers: ['nats://a', 'b:4222']}
`,
    [`2:32: fleet.nats.servers[1]: expected ${ONE}, found "b:4222"`],
  ],
  [
    'a password in the address of a server of NATS',
    `fleet:
  nats: {servers: 'nats://pi:secret@broker'}
`,
    [
      `2:19: fleet.nats.servers: expected ${ONE}, found a user or a password, which belongs into a file that "credentials" names`,
    ],
  ],
  [
    'a fleet without servers',
    `fleet:
  nats: {stream: fleet}
`,
    [`2:3: fleet.nats.servers: expected ${SERVER}, found nothing`],
  ],
  [
    'rows to a stream without servers',
    `publish:
  nats: {stream: fleet}
datasets:
  a: {sensors: [{kind: probe, address: 8}]}
`,
    [`2:3: publish.nats: expected the key servers, the addresses of the servers, found none`],
  ],
  [
    'two copies of each message',
    `publish:
  nats: {servers: 'nats://a', create: {replicas: 2}}
datasets:
  a: {sensors: [{kind: probe, address: 8}]}
`,
    [`2:50: publish.nats.create.replicas: expected 1, 3 or 5, found 2`],
  ],
  [
    'a name of a stream with a dot',
    `datasets:
  a:
    source: {nats: {servers: 'nats://a', stream: my.fleet}}
`,
    [
      `3:50: datasets.a.source.nats.stream: expected a name of at most 32 letters, digits, _ and -, found "my.fleet"`,
    ],
  ],
];
