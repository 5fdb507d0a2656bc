// Mistakes that people make in a configuration, and the exact messages that they get: the cases of wrong.test.ts.

import { DERIVATIONS } from '../../../device/index.ts';
import { KINDS } from './probe-kind.ts';

const NAMES = KINDS.map(({ name }) => name).join(', ');

const EVERY_DERIVATION = DERIVATIONS.map(({ name }) => name).join(', ');

/** What is wrong, the text, and each problem as it is printed, without the name of the file. */
export const WRONG: readonly (readonly [mistake: string, text: string, problems: readonly string[]])[] = [
  ['an empty file', ``, ['1:1: expected a configuration, which is a mapping, found an empty file']],
  [
    'comments alone',
    `# server:
#   port: 80
`,
    ['1:1: expected a configuration, which is a mapping, found an empty file'],
  ],
  [
    'a line of text',
    `port 8080
`,
    [`1:1: expected a configuration, which is a mapping, found "port 8080"`],
  ],
  [
    'a list in place of keys',
    `- server
- datasets
`,
    ['1:1: expected a configuration, which is a mapping, found [server, datasets]'],
  ],
  [
    'a tab before a key',
    'server:\n\tport: 80\n',
    ['2:1: expected spaces before a key, found a tab; YAML does not allow a tab there'],
  ],
  [
    'a colon without a blank',
    `server:
  port:8080
`,
    [`2:3: server: expected a mapping, found "port:8080"; put a space after the colon`],
  ],
  [
    'no blank after the only colon',
    `server:8080
`,
    [`1:1: expected a configuration, which is a mapping, found "server:8080"; put a space after the colon`],
  ],
  [
    'a key without a colon',
    `server:
  port: 80
  host
`,
    [`3:3: expected a colon and a space after a key, found "host"`],
  ],
  [
    'two colons in a line',
    `datasets:
  a:
    title: Garden: north
    sensors:
      - kind: host-load
`,
    [
      `3:12: expected a value of one line without ": " in it, found "Garden: north"; put a text with a colon and a space in quotes, or indent the next line less`,
    ],
  ],
  [
    'a key that is indented too far',
    `server:
  port: 80
   host: x
`,
    [
      `2:9: expected a value of one line without ": " in it, found "80"; put a text with a colon and a space in quotes, or indent the next line less`,
    ],
  ],
  [
    'a key that is indented too little',
    `server:
  port: 80
 host: x
`,
    [
      `3:1: expected the same indentation as before, found " host: x"; keys of one mapping begin in one column`,
    ],
  ],
  [
    'a list entry at another column',
    `datasets:
  a:
    sensors:
      - kind: host-load
     - kind: host-cpu
`,
    [
      `5:1: expected a value of one line without ": " in it, found "     - kind: host-cpu"; put a text with a colon and a space in quotes, or indent the next line less`,
      `5:6: expected a colon after a key of one line, found "- kind: host-cpu"; is a ":" or a quote missing?`,
    ],
  ],
  [
    'a quote that is not closed',
    `datasets:
  a:
    title: "Garden
    sensors:
      - kind: host-load
`,
    ['6:1: expected a closing quote, found the end of the line'],
  ],
  [
    'text after a closing quote',
    `datasets:
  a:
    title: "Garden" north
    sensors:
      - kind: host-load
`,
    [
      `3:21: expected nothing more after a complete value, found "north"; put a text with such characters in quotes`,
    ],
  ],
  [
    'a bracket that is not closed',
    `server:
  cors: {origins: ["*"}
`,
    [`2:23: expected a closing "]", found "}"`, `2:24: expected a closing "}", found the end of the line`],
  ],
  [
    'a brace that is not closed',
    `datasets:
  a:
    position: {latitude: 1, longitude: 2
    sensors:
      - kind: host-load
`,
    [`4:5: expected a closing "}", found "sensors:"`],
  ],
  [
    'no comma between two keys',
    `datasets:
  a:
    position: {latitude: 1 longitude: 2}
    sensors:
      - kind: host-load
`,
    [`3:26: expected a comma or a closing bracket after a value, found "1 longitude: 2}"`],
  ],
  [
    'a text that begins with @',
    `datasets:
  a:
    title: @home
    sensors:
      - kind: host-load
`,
    [`3:12: expected a value, found "@home"; put a text that begins with @, % or \` in quotes`],
  ],
  [
    'a text that begins with %',
    `datasets:
  a:
    title: %humidity
    sensors:
      - kind: host-load
`,
    [`3:12: expected a value, found "%humidity"; put a text that begins with @, % or \` in quotes`],
  ],
  [
    'a text that begins with *',
    `datasets:
  a:
    title: *Garden*
    sensors:
      - kind: host-load
`,
    [
      '3:12: datasets.a.title: expected an anchor &Garden* before this alias, found none; put a text that begins with * in quotes',
    ],
  ],
  [
    'a tag of a program',
    `datasets:
  a:
    title: !secret name
    sensors:
      - kind: host-load
`,
    [`3:12: expected a tag that YAML 1.2 knows, found "!secret name"; remove the tag, which begins with !`],
  ],
  [
    'a backslash in double quotes',
    `datasets:
  a:
    title: "C:\\garden"
    sensors:
      - kind: host-load
`,
    [`3:15: expected an escape that YAML knows, found "\\\\garden\\""; use single quotes for a text with \\`],
  ],
  [
    'two documents',
    `server:
  port: 80
---
datasets:
  a:
    sensors:
      - kind: host-load
`,
    [`3:1: expected one document, found "---"; remove the line "---" or "..."`],
  ],
  [
    'the same key twice',
    `server:
  port: 80
  host: localhost
  port: 8080
`,
    [`4:3: server.port: expected each key once, found "port" again after line 2`],
  ],
  [
    'the same dataset twice',
    `datasets:
  a:
    sensors:
      - kind: host-load
  a:
    sensors:
      - kind: host-load
`,
    [`5:3: datasets.a: expected each key once, found "a" again after line 2`],
  ],
  [
    'an alias without an anchor',
    `datasets:
  a:
    log: *usual
    sensors:
      - kind: host-load
`,
    [
      '3:10: datasets.a.log: expected an anchor &usual before this alias, found none; put a text that begins with * in quotes',
    ],
  ],
  [
    'an alias of itself',
    `datasets:
  a:
    attributes: &a {x: *a}
    sensors:
      - kind: host-load
`,
    [
      '3:24: datasets.a.attributes.x: expected an alias of a complete value, found an alias of a value that contains it',
    ],
  ],
  [
    'a list as a key',
    `? [a, b]
: 1
`,
    ['1:3: expected a name before the colon, found something else'],
  ],
  [
    'merge keys of YAML 1.1',
    `server: &s
  port: 80
datasets:
  a:
    <<: *s
    sensors:
      - kind: host-load
`,
    [
      `5:5: datasets.a."<<": expected one of the keys title, summary, source, institution, contact, project, license, keywords, comment, references, acknowledgement, id, naming_authority, position, attributes, interval, log, sensors, found "<<"`,
    ],
  ],
  [
    'the key __proto__',
    `datasets:
  a:
    attributes: {__proto__: 1}
    sensors:
      - kind: host-load
`,
    [`3:18: datasets.a.attributes: expected a name before the colon, found "__proto__"`],
  ],
  [
    'a control character',
    'datasets:\n  a:\n    title: "a\u0000b"\n    sensors:\n      - kind: host-load\n',
    ['3:14: expected text without control characters, found the control character U+0000'],
  ],
  [
    'a comment without a blank before it',
    `datasets:
  a:
    title: "a"#b
    sensors:
      - kind: host-load
`,
    [`3:15: expected a space before #, found "#b"`],
  ],
  [
    'a misspelt key',
    `sever:
  port: 80
`,
    [
      `1:1: sever: expected one of the keys server, simulate, seed, datasets, found "sever"; did you mean "server"?`,
    ],
  ],
  [
    'a key of another program',
    `version: 2
`,
    [`1:1: version: expected one of the keys server, simulate, seed, datasets, found "version"`],
  ],
  [
    'a key at the wrong level',
    `port: 8080
`,
    [
      `1:1: port: expected one of the keys server, simulate, seed, datasets, found "port"; it belongs below "server"`,
    ],
  ],
  [
    'keys below server that are not indented',
    `server:
port: 80
`,
    [
      '1:1: server: expected a mapping, found nothing; indent its contents below it',
      `2:1: port: expected one of the keys server, simulate, seed, datasets, found "port"; it belongs below "server"`,
    ],
  ],
  [
    'server as a number',
    `server: 8080
`,
    ['1:9: server: expected a mapping, found 8080'],
  ],
  [
    'server as a list',
    `server:
  - port: 80
`,
    [`2:3: server: expected a mapping, found a list; remove the "-" before its keys`],
  ],
  [
    'yes for true',
    `simulate: yes
`,
    [`1:11: simulate: expected true or false, found "yes"; did you mean true?`],
  ],
  [
    'On for true',
    `simulate: On
`,
    [`1:11: simulate: expected true or false, found "On"; did you mean true?`],
  ],
  [
    'true in quotes',
    `simulate: "true"
`,
    [`1:11: simulate: expected true or false, found "true"; remove the quotes`],
  ],
  [
    'a misspelt true',
    `simulate: ture
`,
    [`1:11: simulate: expected true or false, found "ture"; did you mean true?`],
  ],
  [
    '1 for true',
    `simulate: 1
`,
    ['1:11: simulate: expected true or false, found 1'],
  ],
  [
    'a negative seed',
    `seed: -1
`,
    ['1:7: seed: expected a whole number from 0 to 4294967295, found -1'],
  ],
  [
    'a seed with a fraction',
    `seed: 20.13
`,
    ['1:7: seed: expected a whole number from 0 to 4294967295, found 20.13'],
  ],
  [
    'a seed that is too large',
    `seed: 4294967296
`,
    ['1:7: seed: expected a whole number from 0 to 4294967295, found 4294967296'],
  ],
  [
    'a seed as text',
    `seed: "2013"
`,
    [`1:7: seed: expected a whole number from 0 to 4294967295, found "2013"; remove the quotes`],
  ],
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
      `2:3: server.max_streams: expected one of the keys host, port, readerTimeout, maxStreams, maxStreamsPerAddress, maxConnections, maxConnectionsPerAddress, maxUnansweredRequests, trustProxy, headersTimeout, requestTimeout, maxRequestHead, cors, found "max_streams"; did you mean "maxStreams"?`,
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
    'no dataset',
    `datasets: {}
`,
    ['1:11: datasets: expected a mapping of one key or more, found an empty mapping'],
  ],
  [
    'datasets that are not indented',
    `datasets:
a:
  sensors:
      - kind: host-load
`,
    [
      '1:1: datasets: expected a mapping of one key or more, found nothing; indent its contents below it',
      `2:1: a: expected one of the keys server, simulate, seed, datasets, found "a"`,
    ],
  ],
  [
    'a list of datasets',
    `datasets:
  - name: a
`,
    [`2:3: datasets: expected a mapping of one key or more, found a list; remove the "-" before its keys`],
  ],
  [
    'a dataset without sensors',
    `datasets:
  a:
    title: A
`,
    ['2:3: datasets.a.sensors: expected a list of one entry or more, found nothing'],
  ],
  [
    'a dataset with an empty list of sensors',
    `datasets:
  a:
    sensors: []
`,
    ['3:14: datasets.a.sensors: expected a list of one entry or more, found an empty list'],
  ],
  [
    'a dataset with nothing',
    `datasets:
  a:
`,
    ['2:3: datasets.a: expected a mapping, found nothing; indent its contents below it'],
  ],
  [
    'a name that begins with a digit',
    `datasets:
  2nd:
    sensors:
      - kind: host-load
`,
    [
      `2:3: datasets.2nd: expected a name of at most 64 letters, digits, _ and -, not beginning with a digit, found "2nd"`,
    ],
  ],
  [
    'a name with a dot',
    `datasets:
  a.b:
    sensors:
      - kind: host-load
`,
    [
      `2:3: datasets."a.b": expected a name of at most 64 letters, digits, _ and -, not beginning with a digit, found "a.b"`,
    ],
  ],
  [
    'a name with a blank',
    `datasets:
  my garden:
    sensors:
      - kind: host-load
`,
    [
      `2:3: datasets."my garden": expected a name of at most 64 letters, digits, _ and -, not beginning with a digit, found "my garden"`,
    ],
  ],
  [
    'an address of the server',
    `datasets:
  health:
    sensors:
      - kind: host-load
`,
    [
      `2:3: datasets.health: expected a name that the server does not use for an address of its own, found "health"`,
    ],
  ],
  [
    'a title that is a number',
    `datasets:
  a:
    title: 2013
    sensors:
      - kind: host-load
`,
    ['3:12: datasets.a.title: expected a text that is not empty, found 2013; put it in quotes'],
  ],
  [
    'an empty title',
    `datasets:
  a:
    title: ""
    sensors:
      - kind: host-load
`,
    [`3:12: datasets.a.title: expected a text that is not empty, found ""`],
  ],
  [
    'a title that was left empty',
    `datasets:
  a:
    title:
    sensors:
      - kind: host-load
`,
    ['3:5: datasets.a.title: expected a text that is not empty, found nothing'],
  ],
  [
    'keywords in one text',
    `datasets:
  a:
    keywords: weather, air
    sensors:
      - kind: host-load
`,
    [
      `3:15: datasets.a.keywords: expected a list of one entry or more, found "weather, air"; write it as a list, in [ ]`,
    ],
  ],
  [
    'an e-mail address without @',
    `datasets:
  a:
    contact:
      email: example.org
    sensors:
      - kind: host-load
`,
    [`4:14: datasets.a.contact.email: expected an address such as someone@example.org, found "example.org"`],
  ],
  [
    'a web address without https',
    `datasets:
  a:
    contact:
      url: example.org
    sensors:
      - kind: host-load
`,
    [`4:12: datasets.a.contact.url: expected an address such as https://example.org, found "example.org"`],
  ],
  [
    'a type of contact that does not exist',
    `datasets:
  a:
    contact: {type: persn}
    sensors:
      - kind: host-load
`,
    [
      `3:21: datasets.a.contact.type: expected one of person, group, institution, position, found "persn"; did you mean "person"?`,
    ],
  ],
  [
    'a latitude out of range',
    `datasets:
  a:
    position: {latitude: 91, longitude: 0}
    sensors:
      - kind: host-load
`,
    ['3:26: datasets.a.position.latitude: expected a number from -90 to 90, found 91'],
  ],
  [
    'a position without longitude',
    `datasets:
  a:
    position:
      latitude: 52
    sensors:
      - kind: host-load
`,
    ['3:5: datasets.a.position.longitude: expected a number from -180 to 180, found nothing'],
  ],
  [
    'a decimal comma',
    `datasets:
  a:
    position: {latitude: "52,37", longitude: 9}
    sensors:
      - kind: host-load
`,
    [
      `3:26: datasets.a.position.latitude: expected a number from -90 to 90, found "52,37"; write a point for the decimal comma`,
    ],
  ],
  [
    'an attribute that is made by the server',
    `datasets:
  a:
    attributes: {Conventions: CF-1.4}
    sensors:
      - kind: host-load
`,
    [
      `3:18: datasets.a.attributes.Conventions: expected a name that neither another key nor the server itself sets, found "Conventions"`,
    ],
  ],
  [
    'an attribute that has a key of its own',
    `datasets:
  a:
    attributes: {creator_name: Me}
    sensors:
      - kind: host-load
`,
    [
      `3:18: datasets.a.attributes.creator_name: expected a name that neither another key nor the server itself sets, found "creator_name"`,
    ],
  ],
  [
    'an attribute that is a mapping',
    `datasets:
  a:
    attributes: {a: {b: 1}}
    sensors:
      - kind: host-load
`,
    ['3:21: datasets.a.attributes.a: expected a text, a number or a list of numbers, found a mapping'],
  ],
  [
    'an interval without a number',
    `datasets:
  a:
    interval: second
    sensors:
      - kind: host-load
`,
    [
      `3:15: datasets.a.interval: expected 0, or 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found "second"`,
    ],
  ],
  [
    'an interval with a decimal comma',
    `datasets:
  a:
    interval: 0,5 s
    sensors:
      - kind: host-load
`,
    [
      `3:15: datasets.a.interval: expected 0, or 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found "0,5 s"; write a point for the decimal comma`,
    ],
  ],
  [
    'an interval that is too short',
    `datasets:
  a:
    interval: 0.0001
    sensors:
      - kind: host-load
`,
    [
      `3:15: datasets.a.interval: expected 0, or 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found 0.0001`,
    ],
  ],
  [
    'a negative interval',
    `datasets:
  a:
    interval: -1
    sensors:
      - kind: host-load
`,
    [
      `3:15: datasets.a.interval: expected 0, or 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found -1`,
    ],
  ],
  [
    'an interval shorter than the sensor takes',
    `datasets:
  a:
    interval: 500 ms
    sensors:
      - kind: probe
        address: 0x48
`,
    [
      '3:15: datasets.a.interval: expected 0.75 seconds or more, the time of a reading of probe, found 0.5; to make rows faster than its readings, give the sensor "between: nan" or "between: hold"',
    ],
  ],
  [
    'a sensor that is to be read more often than it can, or than there are rows',
    `datasets:
  a:
    interval: 1 s
    sensors:
      - {kind: host-load, every: 500 ms}
  b:
    interval: 100 ms
    sensors:
      - {kind: probe, address: 0x48, every: 0.5 s}
`,
    [
      '5:34: datasets.a.sensors[0].every: expected 1 seconds, the interval of the dataset, or more, found 0.5',
      '9:45: datasets.b.sensors[0].every: expected 0.75 seconds or more, the time of a reading of probe, found 0.5',
    ],
  ],
  [
    'a sensor with a time of its own where rows come as fast as they are read',
    `datasets:
  a:
    interval: 0
    sensors:
      - {kind: host-load, every: 1 min}
`,
    [
      '5:34: datasets.a.sensors[0].every: expected no "every" in a dataset with the interval 0, found "every" of 60 s',
    ],
  ],
  [
    'an unknown way to fill the rows between readings',
    `datasets:
  a:
    sensors:
      - {kind: host-load, between: last, every: 0}
`,
    [
      '4:36: datasets.a.sensors[0].between: expected one of nan, hold, found "last"',
      '4:49: datasets.a.sensors[0].every: expected 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found 0',
    ],
  ],
  [
    'a log of no rows',
    `datasets:
  a:
    log: {rows: 0}
    sensors:
      - kind: host-load
`,
    ['3:17: datasets.a.log.rows: expected a whole number from 1 to 1000000000, found 0'],
  ],
  [
    'a log in unknown units',
    `datasets:
  a:
    log:
      bytes: 32 Mb
    sensors:
      - kind: host-load
`,
    [
      `4:14: datasets.a.log.bytes: expected 1024 to 68719476736 bytes, as a number or a text such as "500 kB", "32 MB" or "32 MiB", found "32 Mb"`,
    ],
  ],
  [
    'a log as a number',
    `datasets:
  a:
    log: 1000
    sensors:
      - kind: host-load
`,
    ['3:10: datasets.a.log: expected a mapping, found 1000'],
  ],
  [
    'sensors as one mapping',
    `datasets:
  a:
    sensors:
      kind: host-load
`,
    [
      `4:7: datasets.a.sensors: expected a list of one entry or more, found a mapping; begin each entry with "- "`,
    ],
  ],
  [
    'a sensor as a word',
    `datasets:
  a:
    sensors:
      - host-load
`,
    [`4:9: datasets.a.sensors[0]: expected a mapping, found "host-load"`],
  ],
  [
    'a sensor without a space after the colon',
    `datasets:
  a:
    sensors:
      - kind:host-load
`,
    [`4:9: datasets.a.sensors[0]: expected a mapping, found "kind:host-load"; put a space after the colon`],
  ],
  [
    'a sensor without a kind',
    `datasets:
  a:
    sensors:
      - name: x
`,
    [`4:9: datasets.a.sensors[0].kind: expected one of ${NAMES}, found nothing`],
  ],
  [
    'a misspelt kind',
    `datasets:
  a:
    sensors:
      - kind: tmp36_simulatd
`,
    [
      `4:15: datasets.a.sensors[0].kind: expected one of ${NAMES}, found "tmp36_simulatd"; did you mean "tmp36-simulated"?`,
    ],
  ],
  [
    'a kind that is a number',
    `datasets:
  a:
    sensors:
      - kind: 36
`,
    [`4:15: datasets.a.sensors[0].kind: expected one of ${NAMES}, found 36; put it in quotes`],
  ],
  [
    'a misspelt option',
    `datasets:
  a:
    sensors:
      - kind: thermal
        zon: 1
`,
    [
      `5:9: datasets.a.sensors[0].zon: expected one of the keys kind, name, zone, channels, derived, every, between, found "zon"; did you mean "zone"?`,
    ],
  ],
  [
    'an option of another kind',
    `datasets:
  a:
    sensors:
      - kind: host-load
        zone: 1
`,
    [
      `5:9: datasets.a.sensors[0].zone: expected one of the keys kind, name, channels, derived, every, between, found "zone"`,
    ],
  ],
  [
    'an option that is missing',
    `datasets:
  a:
    sensors:
      - kind: probe
`,
    ['4:9: datasets.a.sensors[0].address: expected a whole number from 8 to 119, found nothing'],
  ],
  [
    'an option out of range',
    `datasets:
  a:
    sensors:
      - kind: probe
        address: 0x80
`,
    ['5:18: datasets.a.sensors[0].address: expected a whole number from 8 to 119, found 128 (0x80)'],
  ],
  [
    'an option as text',
    `datasets:
  a:
    sensors:
      - kind: probe
        address: "0x48"
`,
    [
      `5:18: datasets.a.sensors[0].address: expected a whole number from 8 to 119, found "0x48"; remove the quotes`,
    ],
  ],
  [
    'a value that is not one of some',
    `datasets:
  a:
    sensors:
      - {kind: probe, address: 72, rate: fsat}
`,
    [`4:42: datasets.a.sensors[0].rate: expected one of slow, fast, found "fsat"; did you mean "fast"?`],
  ],
  [
    'options that do not go together',
    `datasets:
  a:
    sensors:
      - kind: probe
        address: 72
        bus: 0
        rate: fast
`,
    ['7:15: datasets.a.sensors[0].rate: expected slow on bus 0, found fast'],
  ],
  [
    'a name with a hyphen',
    `datasets:
  a:
    sensors:
      - kind: thermal
        name: cpu-0
`,
    [
      `5:15: datasets.a.sensors[0].name: expected a name of at most 64 letters, digits and _, not beginning with a digit, found "cpu-0"`,
    ],
  ],
  [
    'two sensors of one name',
    `datasets:
  a:
    sensors:
      - {kind: host-load, name: x}
      - {kind: host-cpu, name: x}
`,
    [
      `5:32: datasets.a.sensors[1].name: expected a name that no other sensor of the dataset has, found "x", which datasets.a.sensors[0] (c.yaml:4) has too`,
    ],
  ],
  [
    'two sensors of a kind without names',
    `datasets:
  a:
    sensors:
      - kind: thermal
      - kind: thermal
        zone: 1
`,
    [
      `5:9: datasets.a.sensors[1]: expected a name that no other column of the dataset has, found "temperature", which datasets.a.sensors[0] (c.yaml:4) has too; give one of the sensors a name`,
    ],
  ],
  [
    'a channel called time',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {name: time}
`,
    [
      `6:31: datasets.a.sensors[0].channels.temperature.name: expected a name other than that of the column of row times, found "time"; choose another name`,
    ],
  ],
  [
    'two channels of one name',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        channels:
          voltage: {name: v}
          temperature: {name: v}
`,
    [
      `7:31: datasets.a.sensors[0].channels.temperature.name: expected a name that no other column of the dataset has, found "v", which this sensor has too; choose another name`,
    ],
  ],
  [
    'an address used twice',
    `datasets:
  a:
    sensors:
      - {kind: probe, address: 72}
  b:
    sensors:
      - {kind: probe, address: 0x48}
`,
    [
      '7:9: datasets.b.sensors[0]: expected an address or a pin that no other sensor uses, found i2c-1:0x48, which datasets.a.sensors[0] (c.yaml:4) has too',
    ],
  ],
  [
    'a kind that cannot be simulated',
    `simulate: true
datasets:
  a:
    sensors:
      - {kind: probe, address: 72}
`,
    [
      '5:16: datasets.a.sensors[0].kind: expected a kind that can be simulated, since simulate is true, found probe',
    ],
  ],
  [
    'a misspelt channel',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temprature: {units: K}
`,
    [
      `6:11: datasets.a.sensors[0].channels.temprature: expected one of the channels temperature, found "temprature"; did you mean "temperature"?`,
    ],
  ],
  [
    'empty units',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {units: ""}
`,
    [`6:32: datasets.a.sensors[0].channels.temperature.units: expected a text that is not empty, found ""`],
  ],
  [
    'an attribute in camel case',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {longName: T}
`,
    [
      `6:25: datasets.a.sensors[0].channels.temperature.longName: expected one of the keys name, units, long_name, standard_name, type, valid_range, calibration, found "longName"; did you mean "long_name"?`,
    ],
  ],
  [
    'a standard name with blanks',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {standard_name: Air temperature}
`,
    [
      `6:40: datasets.a.sensors[0].channels.temperature.standard_name: expected a name of small letters, digits and _, such as air_temperature, found "Air temperature"`,
    ],
  ],
  [
    'an unknown type of column',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {type: float64}
`,
    [
      `6:31: datasets.a.sensors[0].channels.temperature.type: expected one of Float64, Float32, Int32, UInt32, found "float64"; did you mean "Float64"?`,
    ],
  ],
  [
    'a range with its bounds swapped',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {valid_range: [100, 0]}
`,
    [
      '6:38: datasets.a.sensors[0].channels.temperature.valid_range: expected a list of two numbers, the lower one first, found [100, 0]',
    ],
  ],
  [
    'a range of one number',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {valid_range: [100]}
`,
    [
      '6:38: datasets.a.sensors[0].channels.temperature.valid_range: expected a list of two numbers, the lower one first, found [100]',
    ],
  ],
  [
    'a calibration as a number',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {calibration: -0.4}
`,
    ['6:38: datasets.a.sensors[0].channels.temperature.calibration: expected a mapping, found -0.4'],
  ],
  [
    'a scale of 0',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {calibration: {scale: 0}}
`,
    [
      '6:46: datasets.a.sensors[0].channels.temperature.calibration.scale: expected a number other than 0, found 0',
    ],
  ],
  [
    'an offset as text',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {calibration: {offset: "-0.4"}}
`,
    [
      `6:47: datasets.a.sensors[0].channels.temperature.calibration.offset: expected a number, found "-0.4"; remove the quotes`,
    ],
  ],
  [
    'a list with a line break in it',
    '["server\\n"]\n',
    ['1:1: expected a configuration, which is a mapping, found a list'],
  ],
  [
    'a derivation that there is not',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: tmp37, from: voltage}
`,
    [
      `6:19: datasets.a.sensors[0].derived.x.by: expected one of ${EVERY_DERIVATION}, found "tmp37"; did you mean "tmp36"?`,
    ],
  ],
  [
    'a derived column without a way',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {from: voltage}
`,
    [`6:11: datasets.a.sensors[0].derived.x.by: expected one of ${EVERY_DERIVATION}, found nothing`],
  ],
  [
    'a derived column from a channel that there is not',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: tmp36, from: volts}
`,
    [
      `6:32: datasets.a.sensors[0].derived.x.from: expected one of the channels voltage, temperature, found "volts"`,
    ],
  ],
  [
    'a thermometer derived from what is no voltage',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: tmp36, from: temperature}
`,
    [
      `6:32: datasets.a.sensors[0].derived.x.from: expected a channel in V, mV or uV, found temperature in degree_Celsius`,
    ],
  ],
  [
    'a divider with one resistor',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: divider, from: voltage, upper: 1000}
`,
    [
      `6:11: datasets.a.sensors[0].derived.x.lower: expected a number above 0, at most 1000000000, found nothing`,
    ],
  ],
  [
    'a thermistor at no supply',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: ntc-beta, from: voltage, supply: 200000, series: 0}
`,
    [
      `6:52: datasets.a.sensors[0].derived.x.supply: expected a number above 0, at most 100000, found 200000`,
      `6:68: datasets.a.sensors[0].derived.x.series: expected a number above 0, at most 100000000, found 0`,
    ],
  ],
  [
    'units of a derived column that has its own',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: tmp36, from: voltage, units: K}
`,
    [
      `6:41: datasets.a.sensors[0].derived.x.units: expected one of the keys by, from, long_name, standard_name, type, valid_range, found "units"`,
    ],
  ],
  [
    'a derived column whose name begins with a digit',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          1x: {by: tmp36, from: voltage}
`,
    [
      `6:11: datasets.a.sensors[0].derived.1x: expected a name of at most 64 letters, digits and _, not beginning with a digit, found "1x"`,
    ],
  ],
  [
    'a derived column that is called as a channel',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          temperature: {by: tmp36, from: voltage}
`,
    [
      `6:11: datasets.a.sensors[0].derived.temperature: expected a name that no other column of the dataset has, found "temperature", which this sensor has too; choose another name`,
    ],
  ],
  [
    'derived columns as a list',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          - {by: tmp36, from: voltage}
`,
    [`6:11: datasets.a.sensors[0].derived: expected a mapping, found a list; remove the "-" before its keys`],
  ],
  [
    'a polynomial of one number',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: polynomial, from: voltage, coefficients: [1]}
`,
    [
      `6:60: datasets.a.sensors[0].derived.x.coefficients: expected a list of two to ten numbers, the constant first, found [1]`,
    ],
  ],
  [
    'mistakes in several places',
    `server: {port: 0.5}
datasets:
  a:
    sensors:
      - kind: thermal
        zone: -1
      - kind: tmp36-simulated
  b:
    interval: soon
    sensors:
      - kind: host-load
      - kind: host-load
`,
    [
      '1:16: server.port: expected a whole number from 0 to 65535, found 0.5',
      '6:15: datasets.a.sensors[0].zone: expected the number of a thermal zone from 0 to 999, or its type, such as cpu-thermal, found -1',
      `9:15: datasets.b.interval: expected 0, or 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found "soon"`,
      `12:9: datasets.b.sensors[1]: expected a name that no other column of the dataset has, found "load_1min", which datasets.b.sensors[0] (c.yaml:11) has too; give one of the sensors a name`,
    ],
  ],
];
