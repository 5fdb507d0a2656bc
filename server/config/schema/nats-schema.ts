// Defines the keys that say where the messages of a fleet are: the servers of NATS, the stream, and the credentials.

import { z } from 'zod';
import { duration, size } from '../../../device/index.ts';
import { secretFile } from './access-schema.ts';

const SERVER = /^(?:nats|tls):\/\/(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;

const EXPECTED_SERVER = 'nats://HOST:PORT or tls://HOST:PORT, without a user or a password';

/** A token of a subject. */
const STREAM = /^[A-Za-z0-9_-]{1,32}$/;

const DATASET = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

const servers = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .superRefine((written, context) => {
    for (const [index, one] of [written].flat().entries()) {
      if (SERVER.test(one)) continue;
      // A password is not repeated in a message.
      const found = one.includes('@')
        ? 'a user or a password, which belongs into a file that "credentials" names'
        : JSON.stringify(one);
      const path = typeof written === 'string' ? [] : [index];
      context.addIssue({ code: 'custom', path, params: { expected: EXPECTED_SERVER, found } });
    }
  })
  .transform(written => [written].flat())
  .meta({
    description: 'The servers of NATS: one, or all of a cluster.',
    expected: `${EXPECTED_SERVER}, or a list of them`,
  });

const SHAPE = {
  servers,
  stream: z.string().regex(STREAM).default('fleet').meta({
    description: 'The stream of JetStream with the rows; that of the layouts has `_layouts` behind it.',
    expected: 'a name of at most 32 letters, digits, _ and -',
  }),
  credentials: secretFile(
    'The file with the credentials: a .creds file, the seed of an nkey, `USER:PASSWORD` or a token; an absolute path, or the name of a credential (`LoadCredential=`). Other users of the machine may not read it.',
  ).optional(),
  ca: z
    .string()
    .regex(/^\/[^\0]+$/)
    .optional()
    .meta({
      description:
        'The file with the certificates of the authority of the servers, for tls://; by default those that Node knows.',
      expected: 'an absolute path',
    }),
};

/** The value of `source` that takes the rows of one dataset from a stream. */
export const NATS_SOURCE = z
  .strictObject({
    nats: z
      .strictObject({
        ...SHAPE,
        dataset: z.string().regex(DATASET).optional().meta({
          description: 'The name of the dataset in the stream; by default its name here.',
          expected: 'a name of at most 64 letters, digits, _ and -, not beginning with a digit',
        }),
        past: duration(
          { low: 1, high: 100 * 366 * 86_400, orZero: true },
          'How far back the rows begin while none is stored.',
        ).prefault('1 d'),
      })
      .describe('A stream of NATS JetStream.'),
  })
  .meta({ description: 'The rows of a dataset that another machine publishes (docs/fleet.md).' });

/** The top-level key `fleet`. */
export const FLEET = z
  .strictObject({
    nats: z.strictObject(SHAPE).describe('The stream of NATS JetStream.'),
    datasets: z
      .string()
      .regex(/^[\w*-]{1,64}$/)
      .default('*')
      .meta({
        description: 'The names of the datasets to serve; * stands for any characters.',
        expected: 'a name with *, such as roof-*',
      }),
    past: duration(
      { low: 1, high: 366 * 86_400 },
      'How far back rows are loaded with the first request; requests for older rows load those that the stream has.',
    ).prefault('1 h'),
    rest: duration(
      { low: 1, high: 86_400 },
      'The rows of a dataset that nobody has read for this time leave the memory.',
    ).prefault('2 min'),
    public: z
      .boolean()
      .default(false)
      .describe('Everyone may read the datasets, also where `access` names users.'),
  })
  .optional()
  .meta({
    description:
      'Serves every dataset that appears in a stream of NATS JetStream, beside those of `datasets` (docs/fleet.md).',
  });

/** The keys of `publish.nats`. `servers` is the only one without a default. */
export const NATS_SINK_SHAPE = {
  servers: SHAPE.servers.optional(),
  stream: z.string().regex(STREAM).optional().meta({
    description:
      'The stream of JetStream for the rows, by default `fleet`; that of the layouts has `_layouts` behind it.',
    expected: 'a name of at most 32 letters, digits, _ and -',
  }),
  credentials: SHAPE.credentials,
  ca: SHAPE.ca,
  name: z
    .string()
    .regex(/^(?:[\w-]|\{host\}|\{dataset\}){1,64}$/)
    .optional()
    .meta({
      description:
        'The name of the dataset in the stream, which no other machine may use; by default `{dataset}`. `{host}` stands for the name of the machine, `{dataset}` for that of the dataset.',
      expected: 'letters, digits, _ and -; it may contain {host} and {dataset}',
    }),
  backlog: duration(
    { low: 60, high: 366 * 86_400 },
    'The age up to which rows are sent after the servers were away; older rows are left out, and counted. By default 30 d.',
  ).optional(),
  create: z
    .strictObject({
      replicas: z.literal([1, 3, 5]).default(1).meta({
        description: 'Copies of each message in a cluster: 3 survive the loss of one server.',
        expected: '1, 3 or 5',
      }),
      keep: duration({ low: 3600, high: 100 * 366 * 86_400 }, 'How long the servers keep rows.').prefault(
        '7 d',
      ),
      size: size(
        { low: 1024 ** 2, high: 1024 ** 5 },
        'Bytes of the rows of the whole fleet; the oldest are deleted first.',
      ).prefault('10 GiB'),
    })
    .optional()
    .describe('Create the stream if it does not exist; by default it has to.'),
};

export const NATS_SINK_DEFAULTS = { stream: 'fleet', name: '{dataset}', backlog: 30 * 86_400 } as const;
