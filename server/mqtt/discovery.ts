// Makes the messages by which Home Assistant discovers a dataset: a device with an entity for each column.

import { createHash } from 'node:crypto';
import { attributeTable, attributeText } from '../../dap/protocol.ts';
import type { SinkDataset } from '../publish/sink.ts';
import { VERSION } from '../version.ts';
import { entityClass } from './home-assistant-units.ts';
import { type MqttOptions, OFFLINE, ONLINE, statusTopic } from './options.ts';
import { columnTopic, type Message } from './row-messages.ts';

/** The name by which these messages are recognised as those of this program. */
export const ORIGIN = 'dapberry';

/** The intervals, and at least the seconds, after which an entity without a new value counts as unavailable. */
const INTERVALS_UNTIL_EXPIRY = 3;
const LEAST_EXPIRY = 30;

/** The level of the discovery topics that stands for the dataset: letters, digits, `_` and `-`. */
function nodeOf(topic: string): string {
  const readable = readableLevel(topic);
  // Another topic may read the same: `a_b` as `a/b`.
  return readable.replaceAll('_', '/') === topic ? readable : hashedLevel(topic);
}

/** The level that stands for a column, of the same characters: columns of another server may have others in their names. */
function objectOf(column: string): string {
  return readableLevel(column) === column ? column : hashedLevel(column);
}

function readableLevel(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]+/g, '_');
}

function hashedLevel(text: string): string {
  return `${readableLevel(text)}_${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

/** The topics of all entities of the device: one level stands for the column. */
export function discoveryFilter({ topic, discoveryPrefix }: MqttOptions): string {
  return `${discoveryPrefix}/sensor/${nodeOf(topic)}/+/config`;
}

/** One message for each column besides the time; all are to be retained. */
export function discoveryMessages(options: MqttOptions, dataset: SinkDataset): readonly Message[] {
  const { topic } = options;
  const { layout, attributes, info } = dataset;
  return layout.columns.slice(1).map(({ name }, index) => {
    const expiry = expirySeconds(options, dataset, index);
    const table = attributeTable(attributes, layout.name, name);
    const { unit, deviceClass, stateClass } = entityClass(
      attributeText(table, 'units') ?? '1',
      attributeText(table, 'standard_name'),
    );
    const config = {
      name: attributeText(table, 'long_name') ?? name,
      // No other dataset has the topic.
      unique_id: columnTopic(topic, name),
      state_topic: topic,
      // A missing value is null, which a template makes None: the entity's state is unknown then.
      value_template: `{{ value_json['${name.replace(/['\\]/g, '\\$&')}'] }}`,
      ...(unit === undefined ? {} : { unit_of_measurement: unit }),
      ...(deviceClass === undefined ? {} : { device_class: deviceClass }),
      ...(stateClass === undefined ? {} : { state_class: stateClass }),
      ...(expiry === undefined ? {} : { expire_after: expiry }),
      availability_topic: statusTopic(topic),
      payload_available: ONLINE,
      payload_not_available: OFFLINE,
      device: {
        identifiers: [topic],
        name: info.title,
        manufacturer: ORIGIN,
        model: info.source,
        sw_version: VERSION,
      },
      origin: { name: ORIGIN, sw_version: VERSION },
    };
    return { topic: discoveryFilter(options).replace('+', objectOf(name)), payload: JSON.stringify(config) };
  });
}

/**
 * Undefined where nobody knows how often rows come, nor how long their values count.
 * @param index that of a column besides the time
 */
function expirySeconds(
  { interval = 0, expireAfter }: MqttOptions,
  { delivery }: SinkDataset,
  index: number,
): number | undefined {
  if (expireAfter !== undefined) return Math.max(1, Math.ceil(expireAfter));
  if (delivery.kind === 'on-demand') return undefined;
  const maxAge = delivery.kind === 'pushed' ? delivery.maxAges?.[index] : undefined;
  // A value is at least as old as its row, of which only the first one of an interval is sent.
  if (maxAge !== undefined) return Math.max(LEAST_EXPIRY, Math.ceil(maxAge + interval));
  if (delivery.interval === undefined) return undefined;
  return Math.max(LEAST_EXPIRY, Math.ceil(INTERVALS_UNTIL_EXPIRY * Math.max(interval, delivery.interval)));
}

/** Whether a retained message of discovery is one of this program: those of columns that are gone are deleted. */
export function isOwnDiscovery(payload: string): boolean {
  try {
    const { origin } = JSON.parse(payload) as { origin?: { name?: unknown } };
    return origin?.name === ORIGIN;
  } catch {
    return false;
  }
}
