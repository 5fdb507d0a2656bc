// Mistakes below `server`, and the messages for them.

import type { Mistake } from './mistake.ts';

export const SERVER: readonly Mistake[] = [
  [
    'a port out of range',
    `server:
  port: 80800
`,
    ['2:9: server.port: expected a whole number from 0 to 65535, found 80800'],
  ],
  [
    'a negative port',
    `server: {port: -1}
`,
    ['1:16: server.port: expected a whole number from 0 to 65535, found -1'],
  ],
  [
    'a port in quotes',
    `server:
  port: "8080"
`,
    [`2:9: server.port: expected a whole number from 0 to 65535, found "8080"; remove the quotes`],
  ],
  [
    'a port as a word',
    `server:
  port: http
`,
    [`2:9: server.port: expected a whole number from 0 to 65535, found "http"`],
  ],
  [
    'an empty port',
    `server:
  port:
`,
    ['2:3: server.port: expected a whole number from 0 to 65535, found nothing'],
  ],
  [
    'an empty host',
    `server:
  host: ""
`,
    [
      `2:9: server.host: expected an address of this machine, such as 127.0.0.1, 192.168.1.10 or ::1, or its name, found ""`,
    ],
  ],
  [
    'a host that is a number',
    `server:
  host: 127
`,
    [
      '2:9: server.host: expected an address of this machine, such as 127.0.0.1, 192.168.1.10 or ::1, or its name, found 127; put it in quotes',
    ],
  ],
  [
    'a list of hosts',
    `server:
  host: [localhost]
`,
    [
      '2:9: server.host: expected an address of this machine, such as 127.0.0.1, 192.168.1.10 or ::1, or its name, found [localhost]',
    ],
  ],
  [
    'a timeout of 0',
    `server:
  readerTimeout: 0
`,
    [
      `2:18: server.readerTimeout: expected 1 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found 0`,
    ],
  ],
  [
    'a timeout in unknown units',
    `server:
  readerTimeout: 1 fortnight
`,
    [
      `2:18: server.readerTimeout: expected 1 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found "1 fortnight"`,
    ],
  ],
  [
    'a timeout that is too long',
    `server:
  readerTimeout: 2 d
`,
    [
      `2:18: server.readerTimeout: expected 1 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found "2 d"`,
    ],
  ],
  [
    'a timeout that is not a number',
    `server:
  readerTimeout: .nan
`,
    [
      `2:18: server.readerTimeout: expected 1 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found NaN`,
    ],
  ],
  [
    'an endless timeout',
    `server:
  headersTimeout: .inf
`,
    [
      `2:19: server.headersTimeout: expected 1 to 3600 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found Infinity`,
    ],
  ],
  [
    'a key with another spelling',
    `server:
  max_streams: 5
`,
    [
      `2:3: server.max_streams: expected one of the keys host, port, readerTimeout, maxStreams, maxStreamsPerAddress, maxConnections, maxConnectionsPerAddress, maxUnansweredRequests, allow, hosts, tls, announce, trustProxy, headersTimeout, requestTimeout, maxRequestHead, cors, embed, found "max_streams"; did you mean "maxStreams"?`,
    ],
  ],
  [
    'a limit of 0',
    `server:
  maxStreams: 0
`,
    ['2:15: server.maxStreams: expected a whole number from 1 to 1000000, found 0'],
  ],
  [
    'connections without a limit',
    `server:
  maxConnections: 0
`,
    ['2:19: server.maxConnections: expected a whole number from 1 to 1000000, found 0'],
  ],
  [
    'a proxy by its name',
    `server:
  trustProxy: [loopback, proxy.local]
`,
    [
      '2:26: server.trustProxy[1]: expected loopback, linklocal, uniquelocal, an IP address or a network such as 192.168.7.0/24, found "proxy.local"',
    ],
  ],
  [
    'a proxy that is everybody',
    `server:
  trustProxy: [0.0.0.0/0]
`,
    [
      '2:16: server.trustProxy[0]: expected loopback, linklocal, uniquelocal, an IP address or a network such as 192.168.7.0/24, found "0.0.0.0/0"',
    ],
  ],
  [
    'every peer as a proxy',
    `server:
  trustProxy: true
`,
    [
      '2:15: server.trustProxy: expected false, or a list of proxies: loopback, linklocal, uniquelocal, an IP address or a network such as 192.168.7.0/24, found true',
    ],
  ],
  [
    'a proxy without a list',
    `server:
  trustProxy: loopback
`,
    [
      '2:15: server.trustProxy: expected false, or a list of proxies: loopback, linklocal, uniquelocal, an IP address or a network such as 192.168.7.0/24, found "loopback"',
    ],
  ],
  [
    'a limit with a fraction',
    `server:
  maxStreamsPerAddress: 1.5
`,
    ['2:25: server.maxStreamsPerAddress: expected a whole number from 1 to 1000000, found 1.5'],
  ],
  [
    'a limit as a list',
    `server:
  maxStreams: [1, 2]
`,
    ['2:15: server.maxStreams: expected a whole number from 1 to 1000000, found [1, 2]'],
  ],
  [
    'a size that is too small',
    `server:
  maxRequestHead: 1 kB
`,
    [
      `2:19: server.maxRequestHead: expected 4096 to 1048576 bytes, as a number or a text such as "500 kB", "32 MB" or "32 MiB", found "1 kB"`,
    ],
  ],
  [
    'an origin with a path',
    `server:
  cors:
    origins:
      - "*"
      - https://example.org/page
`,
    [
      `5:9: server.cors.origins[1]: expected "*" or an origin such as https://example.org, found "https://example.org/page"`,
    ],
  ],
  [
    'an origin that is no list',
    `server:
  cors:
    origins: "*"
`,
    [
      `3:14: server.cors.origins: expected a list of one entry or more, found "*"; write it as a list, in [ ]`,
    ],
  ],
  [
    'no origin',
    `server:
  cors:
    origins: []
`,
    ['3:14: server.cors.origins: expected a list of one entry or more, found an empty list'],
  ],
  [
    'an origin of frames with a path, and one that would end the header',
    `server:
  embed:
    origins:
      - https://example.org/page
      - "https://a.example; script-src *"
`,
    [
      `4:9: server.embed.origins[0]: expected "*" or an origin such as https://example.org or https://*.example.org, found "https://example.org/page"`,
      `5:9: server.embed.origins[1]: expected "*" or an origin such as https://example.org or https://*.example.org, found "https://a.example; script-src *"`,
    ],
  ],
  [
    'restricted origins without the names of the server',
    `server:
  cors:
    origins: [https://example.org]
`,
    [
      '3:14: server.cors.origins: expected server.hosts with the names of this server beside restricted origins ("*" accepts any name), found no server.hosts, without which pages of other origins can read by DNS rebinding',
    ],
  ],
  [
    'clients that are every address, a name, and nobody',
    `server:
  allow: [192.168.7.0/24, "::/0", laptop.local]
`,
    [
      '2:27: server.allow[1]: expected loopback, linklocal, uniquelocal, an IP address or a network such as 192.168.7.0/24, found "::/0"',
      '2:35: server.allow[2]: expected loopback, linklocal, uniquelocal, an IP address or a network such as 192.168.7.0/24, found "laptop.local"',
    ],
  ],
  [
    'no client at all',
    `server:
  allow: []
`,
    ['2:10: server.allow: expected a list of one entry or more, found an empty list'],
  ],
  [
    'a host with a port, an address and a wildcard inside of a name',
    `server:
  hosts: [pi.example.org:8080, 192.168.7.2, "pi.*.org"]
`,
    [
      '2:11: server.hosts[0]: expected "*", or the name of this server such as pi.example.org or *.example.org, without a port, found "pi.example.org:8080"',
      '2:32: server.hosts[1]: expected "*", or the name of this server such as pi.example.org or *.example.org, without a port, found "192.168.7.2"',
      '2:45: server.hosts[2]: expected "*", or the name of this server such as pi.example.org or *.example.org, without a port, found "pi.*.org"',
    ],
  ],
];
