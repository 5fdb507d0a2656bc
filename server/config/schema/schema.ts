// Defines the schema of the configuration: every key with its type, limits, default and meaning.

import { z } from 'zod';
import {
  duration,
  LONGEST_INTERVAL,
  type SensorKind,
  SHORTEST_INTERVAL,
  size,
} from '../../../device/index.ts';
import {
  DEFAULT_UNANSWERED_REQUESTS,
  OTHER_CONNECTIONS,
  OTHER_CONNECTIONS_PER_ADDRESS,
} from '../../connections/connection-limits.ts';
import { DEFAULT_PROXIES } from '../../network/address-list.ts';
import { DEFAULT_BOUNDS } from '../../store/memory-store.ts';
import { DEFAULT_LIMITS } from '../../stream/stream-limits.ts';
import { DEFAULT_HTTP_LIMITS } from '../http-limits.ts';
import { ACCESS, ACCESS_SHAPE, ADDRESS_ENTRY, addressEntry, refineHosts } from './access-schema.ts';
import { DATASET_HISTORY, HISTORY } from './history-schema.ts';
import { EXPECTED_HOST, listenFault } from './listen-address.ts';
import { FLEET } from './nats-schema.ts';
import { DATASET_PUBLISH, PUBLISH } from './publish-schema.ts';
import { driverSchema, sensorSchema } from './sensor-schema.ts';
import { SOURCE } from './source-schema.ts';
import { email, text, url } from './words.ts';

/** Defaults: seconds between rows, the seed of the simulation, and the port. */
export const DEFAULT_INTERVAL = 1;
export const DEFAULT_SEED = 2013;
export const DEFAULT_PORT = 8080;

const LARGEST_SEED = 4_294_967_295;
const LARGEST_COUNT = 1_000_000;

/** The interval of a dataset that has a row whenever a message comes. */
export const ON_MESSAGE = 'on message';

export const DATASET_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const ORIGIN = /^(\*|https?:\/\/[^/\s?#]+)$/;

/** A source of `frame-ancestors` in a Content-Security-Policy, which knows no IPv6 addresses. */
const FRAME_ORIGIN = /^(\*|https?:\/\/(\*\.)?[\w.-]+(:(\d{1,5}|\*))?)$/;

const contact = z
  .strictObject({
    name: text('A person or an institution; creator_name.'),
    email: email('creator_email.'),
    url: url('creator_url.'),
    type: z.enum(['person', 'group', 'institution', 'position']).optional().describe('creator_type.'),
  })
  .optional()
  .describe('The contact for questions about the data.');

const position = z
  .strictObject({
    latitude: z.number().min(-90).max(90).describe('Degrees north.'),
    longitude: z.number().min(-180).max(180).describe('Degrees east.'),
    altitude: z.number().min(-12_000).max(100_000).optional().describe('Metres above mean sea level.'),
  })
  .optional()
  .describe('The position of the sensors; geospatial_lat_min, geospatial_lat_max and so on.');

const attributes = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/)
      .meta({ expected: 'a name of letters, digits, _, . and -' }),
    z
      .union([z.string(), z.number(), z.array(z.number()).min(1)])
      .meta({ description: 'The value.', expected: 'a text, a number or a list of numbers' }),
  )
  .optional()
  .describe('Any further global attributes.');

const log = z
  .strictObject({
    rows: z.int().min(1).max(1_000_000_000).default(DEFAULT_BOUNDS.rows).describe('Rows.'),
    bytes: size({ low: 1024, high: 64 * 1024 ** 3 }, 'Memory, 8 bytes a Float64 value.').prefault('32 MiB'),
    age: duration(
      { low: 1, high: 10 * 366 * 86_400 },
      'Time before the newest row; by default 1 d, and 1 h with a history, which has the rows from before.',
    ).optional(),
  })
  .prefault({})
  .describe('How many past rows stay in memory; the bound that is reached first applies.');

const SECONDS_BETWEEN_ROWS = duration(
  { low: SHORTEST_INTERVAL, high: LONGEST_INTERVAL, orZero: true },
  'Time between rows.',
);

/** The keys of a dataset, without its sensors. */
export const DATASET_SHAPE = {
  title: text('A title; by default the name of the dataset.'),
  summary: text('One or two sentences for readers of a catalogue.'),
  source: SOURCE,
  institution: text('The institution that runs it.'),
  contact,
  project: text('The project that it belongs to.'),
  license: text('The licence of the data, such as CC-BY-4.0.'),
  keywords: z.array(z.string().min(1)).min(1).optional().describe('Keywords for searching.'),
  comment: text('Further information for readers.'),
  references: text('Publications or web pages that describe the data.'),
  acknowledgement: text('Acknowledgement of support.'),
  id: text('An identifier, unique within naming_authority.'),
  naming_authority: text('The authority that assigned the id, such as org.example.'),
  position,
  attributes,
  public: z.boolean().default(false).describe('Everyone may read it, also where `access` names users.'),
  interval: z
    .union([SECONDS_BETWEEN_ROWS, z.literal(ON_MESSAGE)])
    .meta({
      description:
        'Time between rows; with 0, each client gets rows of its own, as fast as it reads; with `on message`, a row whenever a message comes to one of its sensors, which are all of the kind `mqtt`.',
      expected: `${SECONDS_BETWEEN_ROWS.meta()?.['expected']}, or "${ON_MESSAGE}"`,
    })
    .prefault(DEFAULT_INTERVAL),
  log,
  history: DATASET_HISTORY,
  publish: DATASET_PUBLISH,
};

const listenAddress = z
  .string()
  .min(1)
  .superRefine((host, context) => {
    const fault = listenFault(host);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: EXPECTED_HOST, params: fault });
  })
  .optional()
  .meta({
    description: 'The address to listen on; by default every address of the machine.',
    expected: EXPECTED_HOST,
  });

const server = z
  .strictObject({
    host: listenAddress,
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(DEFAULT_PORT)
      .describe('The port to listen on; 0 takes any free port.'),
    readerTimeout: duration(
      { low: 1, high: 86_400 },
      'A client that reads nothing for this time is disconnected.',
    ).prefault(DEFAULT_LIMITS.readerTimeout),
    maxStreams: z
      .int()
      .min(1)
      .max(LARGEST_COUNT)
      .default(DEFAULT_LIMITS.maxStreams)
      .describe('Streams that may be open at once.'),
    maxStreamsPerAddress: z
      .int()
      .min(1)
      .max(LARGEST_COUNT)
      .default(DEFAULT_LIMITS.maxStreamsPerAddress)
      .describe('Streams that one address may have open at once.'),
    maxConnections: z
      .int()
      .min(1)
      .max(LARGEST_COUNT)
      .optional()
      .describe(
        `Connections that may be open at once; by default ${OTHER_CONNECTIONS} more than \`maxStreams\`. Fewer if the process may open fewer files.`,
      ),
    maxConnectionsPerAddress: z
      .int()
      .min(1)
      .max(LARGEST_COUNT)
      .optional()
      .describe(
        `Connections that one address may have open at once; by default ${OTHER_CONNECTIONS_PER_ADDRESS} more than \`maxStreamsPerAddress\`. Proxies of \`trustProxy\` may have any number.`,
      ),
    maxUnansweredRequests: z
      .int()
      .min(1)
      .max(1000)
      .default(DEFAULT_UNANSWERED_REQUESTS)
      .describe('Requests of one connection that may be unanswered; one more closes the connection.'),
    ...ACCESS_SHAPE,
    announce: z
      .union([z.boolean(), z.string().min(1).max(63)])
      .default(true)
      .meta({
        description:
          'Announces the server in the network (mDNS and DNS-SD, by Avahi where it runs): true as "dapberry on HOST", a text under that name, false not at all.',
        expected: 'true, false or a name of at most 63 characters',
      }),
    trustProxy: z
      .union([z.literal(false).transform((): string[] => []), z.array(addressEntry)])
      .prefault([...DEFAULT_PROXIES])
      .meta({
        description:
          'Proxies whose `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` headers are trusted; false trusts none.',
        expected: `false, or a list of proxies: ${ADDRESS_ENTRY}`,
      }),
    headersTimeout: duration({ low: 1, high: 3600 }, 'Time limit for the headers of a request.').prefault(
      DEFAULT_HTTP_LIMITS.headersTimeout,
    ),
    requestTimeout: duration(
      { low: 1, high: 3600 },
      'Time limit for receiving a whole request; a response may take any time.',
    ).prefault(DEFAULT_HTTP_LIMITS.requestTimeout),
    maxRequestHead: size(
      { low: 4096, high: 1024 ** 2 },
      'Size limit for the address and the headers of a request.',
    ).prefault('64 KiB'),
    cors: z
      .strictObject({
        origins: z
          .array(z.string().regex(ORIGIN).meta({ expected: '"*" or an origin such as https://example.org' }))
          .min(1)
          .default(['*'])
          .describe('Origins whose pages may read the data in a browser; * allows all.'),
      })
      .prefault({})
      .describe('Access by web pages of other servers.'),
    embed: z
      .strictObject({
        origins: z
          .array(
            z.string().regex(FRAME_ORIGIN).meta({
              expected: '"*" or an origin such as https://example.org or https://*.example.org',
            }),
          )
          .default([])
          .describe(
            'Origins whose pages may show `/embed.html` in a frame, besides pages of this server; * allows all.',
          ),
      })
      .prefault({})
      .describe('Charts in frames of other web pages.'),
  })
  .superRefine(refineHosts)
  .prefault({})
  .describe('The network and the limits of the server.');

/** The schemas of a whole configuration and of one dataset, for these kinds of sensors. */
export function configSchemas(kinds: readonly SensorKind[]) {
  const [first, ...others] = kinds.map(sensorSchema);
  if (first === undefined) throw new Error('expected one kind of sensor at least, found none');
  const sensor = z.union([z.discriminatedUnion('kind', [first, ...others]), driverSchema]);
  const dataset = z
    .strictObject({
      ...DATASET_SHAPE,
      sensors: z
        .array(sensor)
        .min(1)
        .optional()
        .describe('Its sensors, in the order of their columns; required unless `source` is a mapping.'),
    })
    .meta({ description: 'One dataset: an endless Sequence of rows.' });
  const datasetName = z.string().regex(DATASET_NAME).meta({
    expected: 'a name of at most 64 letters, digits, _ and -, not beginning with a digit',
  });
  const config = z.strictObject({
    server,
    access: ACCESS,
    simulate: z.boolean().default(false).describe('Simulate every sensor instead of reading this machine.'),
    seed: z
      .int()
      .min(0)
      .max(LARGEST_SEED)
      .default(DEFAULT_SEED)
      .describe("The simulation's seed: the same seed gives the same values at the same time."),
    history: HISTORY,
    fleet: FLEET,
    publish: PUBLISH,
    datasets: z
      .record(datasetName, dataset)
      .refine(datasets => Object.keys(datasets).length > 0)
      .optional()
      .meta({
        description:
          'The datasets by name; the name is part of the address. The first dataset also answers at /.dds and so on. By default the built-in datasets.',
        minProperties: 1,
      }),
  });
  return { config, dataset, datasetName };
}

export type ConfigSchemas = ReturnType<typeof configSchemas>;
export type WrittenConfig = z.output<ConfigSchemas['config']>;
export type WrittenDataset = z.output<ConfigSchemas['dataset']>;
export type ServerConfig = WrittenConfig['server'];
