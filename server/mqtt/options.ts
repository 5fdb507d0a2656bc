// Defines the options of the rows that go to an MQTT broker, as the configuration gives them.

import type { BrokerOptions } from '../../device/index.ts';

export interface MqttOptions extends BrokerOptions {
  /** The topic of the rows, without placeholders. The value of a column is at `TOPIC/COLUMN`, the availability at `TOPIC/$status`. */
  readonly topic: string;
  /** 0: the newest row, as often as the broker takes one. 1: every row, until the broker has acknowledged it. */
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Whether each column has a topic of its own besides. */
  readonly values: boolean;
  /** Seconds: at most one row in each of these intervals. */
  readonly interval?: number | undefined;
  /** Seconds after which Home Assistant takes a value for unavailable; three intervals by default. */
  readonly expireAfter?: number | undefined;
  readonly discovery: 'homeassistant' | 'off';
  /** The prefix of the topics of discovery. */
  readonly discoveryPrefix: string;
}

/** The topic at which the broker says whether the server is connected: no column has a name with `$`. */
export function statusTopic(topic: string): string {
  return `${topic}/$status`;
}

export const ONLINE = 'online';
export const OFFLINE = 'offline';
