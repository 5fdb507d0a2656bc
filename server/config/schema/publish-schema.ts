// Defines the keys of `publish`: one for each kind of sink, for all datasets or for one.

import { z } from 'zod';
import { BROKER_SHAPE, duration } from '../../../device/index.ts';
import { NATS_SINK_DEFAULTS, NATS_SINK_SHAPE } from './nats-schema.ts';

const TOPIC = /^[^+#\0$/][^+#\0]*$/;
const EXPECTED_TOPIC = 'a topic without + and #, not beginning with $ or /, nor ending with /';

const topicText = z
  .string()
  .max(1024)
  .refine(topic => TOPIC.test(topic) && !topic.endsWith('/') && !/\{(?!host\}|dataset\})/.test(topic));

/** The keys of rows to an MQTT broker. `url` is the only one without a default. */
const MQTT_SHAPE = {
  ...BROKER_SHAPE,
  topic: topicText.optional().meta({
    description:
      'The topic of the rows; by default `dapberry/{host}/{dataset}`. `{host}` stands for the name of the machine, `{dataset}` for that of the dataset.',
    expected: `${EXPECTED_TOPIC}; it may contain {host} and {dataset}`,
  }),
  qos: z.literal([0, 1]).optional().meta({
    description:
      '0 (default) sends the newest row whenever the broker takes one; 1 sends every row, also those from the time when the broker was away.',
    expected: '0 or 1',
  }),
  retain: z
    .boolean()
    .optional()
    .describe('The broker keeps the last message of each topic; by default false.'),
  values: z
    .boolean()
    .optional()
    .describe(
      'Send the value of each column to a topic of its own as well, `TOPIC/COLUMN`; by default true.',
    ),
  interval: duration(
    { low: 0.001, high: 86_400 },
    'Send at most one row in each interval of this length; by default every row.',
  ).optional(),
  discovery: z.literal(['homeassistant', 'off', false]).optional().meta({
    description: 'Describe each column to Home Assistant (MQTT discovery); by default off.',
    expected: 'homeassistant or off',
  }),
  expireAfter: duration(
    { low: 1, high: 366 * 86_400 },
    'After this time without a row, values are unavailable in Home Assistant; by default after three intervals, or the maxAge of the sensor where messages make rows, 30 s at least, and never where rows of another machine come irregularly.',
  ).optional(),
  discoveryPrefix: topicText.optional().meta({
    description: "The prefix of Home Assistant's discovery; by default homeassistant.",
    expected: EXPECTED_TOPIC,
  }),
};

const MQTT_DEFAULTS = {
  topic: 'dapberry/{host}/{dataset}',
  qos: 0,
  retain: false,
  values: true,
  discovery: 'off',
  discoveryPrefix: 'homeassistant',
} as const;

/** The keys of each kind of sink. */
export const SINK_SHAPES = { mqtt: MQTT_SHAPE, nats: NATS_SINK_SHAPE } as const;

export type SinkName = keyof typeof SINK_SHAPES;

/** The values of keys that are not written, for all datasets or for one. */
export const SINK_DEFAULTS: Readonly<Record<SinkName, object>> = {
  mqtt: MQTT_DEFAULTS,
  nats: NATS_SINK_DEFAULTS,
};

/** The key of each kind of sink that has no default, and what it names. */
export const REQUIRED_KEYS: Readonly<Record<SinkName, { readonly key: string; readonly means: string }>> = {
  mqtt: { key: 'url', means: 'the address of the broker' },
  nats: { key: 'servers', means: 'the addresses of the servers' },
};

const NAMES = Object.keys(SINK_SHAPES).join(', ');

const SINK_WORDS: Readonly<Record<SinkName, string>> = {
  mqtt: 'To an MQTT broker.',
  nats: 'Into a stream of NATS JetStream, for a fleet (docs/fleet.md).',
};

/** One optional key for each kind of sink, made by `each`. */
function sinks(each: (name: SinkName) => z.ZodType): Record<SinkName, z.ZodType> {
  const names = Object.keys(SINK_SHAPES) as SinkName[];
  return Object.fromEntries(names.map(name => [name, each(name)])) as Record<SinkName, z.ZodType>;
}

const sinkOf = (name: SinkName) => z.strictObject(SINK_SHAPES[name]);

export const PUBLISH = z
  .strictObject(sinks(name => sinkOf(name).optional().describe(SINK_WORDS[name])))
  .optional()
  .describe('Where the rows of every dataset are sent, besides those who ask for them.');

export const DATASET_PUBLISH = z
  .union([
    z.strictObject(
      sinks(name =>
        z
          .union([sinkOf(name), z.literal(['off', false])])
          .optional()
          .meta({ description: `${SINK_WORDS[name]} Off for none.`, expected: 'off, or a mapping' }),
      ),
    ),
    z.literal(['off', false]),
  ])
  .optional()
  .meta({
    description:
      'Where the rows of this dataset are sent: its keys count before those of the whole file; off sends them nowhere.',
    expected: `off, or a mapping with the keys ${NAMES}`,
  });
