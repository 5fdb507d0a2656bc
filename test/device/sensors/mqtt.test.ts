// Tests which numbers are taken out of messages, with messages as the makers of devices document them.

import { expect, it } from 'vitest';
import type { MqttBrokers, MqttMessage } from '../../../device/host/mqtt/brokers.ts';
import { matches } from '../../../device/host/mqtt/topic-filter.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { mqtt } from '../../../device/sensors/mqtt.ts';
import { isAvailable, pointerKeys } from '../../../device/sensors/mqtt-values.ts';
import { FakeClock } from '../fake-clock.ts';
import { DEVICES } from '../faults/mqtt-messages.ts';
import { hostOf } from '../known-sensors.ts';

const context = { signal: new AbortController().signal };

/** A sensor, and a broker to which the test gives messages. */
async function opened(options: object) {
  const clock = new FakeClock();
  let tell: (message: MqttMessage) => void = () => {};
  let state: ReturnType<MqttBrokers['subscribe']>['state'] = { kind: 'connected' };
  const brokers: MqttBrokers = {
    subscribe: (_broker, _filters, onMessage) => {
      tell = onMessage;
      return {
        get state() {
          return state;
        },
        refresh: () => undefined,
        close: async () => {},
      };
    },
  };
  const parsed = mqtt.options.parse({ url: 'mqtt://broker', topic: 'a', ...options });
  const sensor: Sensor = await mqtt.open(parsed, hostOf({ mqtt: brokers, clock }));
  return {
    clock,
    say: (payload: string, topic = parsed.topic, isRetained = false) =>
      tell({ topic, payload: Buffer.from(payload), isRetained }),
    away: (reason: string) => {
      state = { kind: 'away', reason };
    },
    read: async () => {
      const reading = await sensor.read(context);
      return 'length' in reading
        ? { values: [...(reading as number[])] }
        : { values: [...(reading.values as number[])], problem: reading.problem };
    },
  };
}

it.each(DEVICES)('takes the values of $device', async ({ options, topic, payload, values }) => {
  const sensor = await opened(options);
  sensor.say(payload, topic);
  expect(await sensor.read()).toEqual({ values });
});

it.each([
  ['21.5', 21.5],
  [' -3e2\n', -300],
  ['ON', 1],
  ['OFF', 0],
  ['true', 1],
  ['false', 0],
  ['null', Number.NaN],
  ['nan', Number.NaN],
  ['', Number.NaN],
  ['unavailable', Number.NaN],
])('takes %j for %d', async (payload, value) => {
  const sensor = await opened({});
  sensor.say(payload);
  expect(await sensor.read()).toEqual({ values: [value] });
});

it.each([
  ['0x10', 'a: expected a number, found "0x10" (name texts in states)'],
  ['0b1', 'a: expected a number, found "0b1" (name texts in states)'],
  ['warm', 'a: expected a number, found "warm" (name texts in states)'],
  ['{"t":1}', 'a: expected a number, found "{\\"t\\":1}" (name texts in states)'],
  ['1,5', 'a: expected a number, found "1,5" (name texts in states)'],
])('has no value for %j, and says so', async (payload, problem) => {
  const sensor = await opened({});
  sensor.say('1');
  sensor.say(payload);
  expect(await sensor.read()).toEqual({ values: [Number.NaN], problem });
  sensor.say('2');
  expect(await sensor.read()).toEqual({ values: [2] });
});

it('takes the numbers that states has for true and false, as the whole message too', async () => {
  const sensor = await opened({ states: { true: 0, false: 1 } });
  sensor.say('true');
  expect(await sensor.read()).toEqual({ values: [0] });
  sensor.say('false');
  expect(await sensor.read()).toEqual({ values: [1] });
});

it('keeps a value that a message leaves out, and says which one never comes', async () => {
  const sensor = await opened({ values: { t: '/t', h: '/h' } });
  sensor.say('{"t":1}');
  expect(await sensor.read()).toEqual({
    values: [1, Number.NaN],
    problem: 'a: expected a value at /h, found {"t":1}',
  });
  sensor.say('{"h":50}');
  expect(await sensor.read()).toEqual({ values: [1, 50] });
  sensor.say('{"t":null}');
  expect(await sensor.read()).toEqual({ values: [Number.NaN, 50] });
  sensor.say('not JSON');
  expect(await sensor.read()).toMatchObject({ problem: 'a: expected JSON, found "not JSON"' });
});

it('has no value that is older than maxAge', async () => {
  const sensor = await opened({ maxAge: '10 s' });
  expect(await sensor.read()).toEqual({ values: [Number.NaN] });
  sensor.say('1');
  sensor.clock.pass(10);
  expect(await sensor.read()).toEqual({ values: [1] });
  sensor.clock.pass(0.1);
  expect(await sensor.read()).toEqual({
    values: [Number.NaN],
    problem: 'no value came at a for 10 s (maxAge)',
  });
});

it('has no value while the device says that it is away', async () => {
  const sensor = await opened({ availability: 'a/status' });
  sensor.say('online', 'a/status', true);
  sensor.say('1');
  expect(await sensor.read()).toEqual({ values: [1] });
  sensor.say('offline', 'a/status');
  expect(await sensor.read()).toEqual({
    values: [Number.NaN],
    problem: 'a/status says that the device is away',
  });
  sensor.say('online', 'a/status');
  expect(await sensor.read()).toEqual({ values: [1] });
});

it('takes a retained message, whose age is unknown, only where that is wanted', async () => {
  const usual = await opened({});
  usual.say('1', 'a', true);
  expect(await usual.read()).toEqual({ values: [Number.NaN] });
  const willing = await opened({ retained: true });
  willing.say('1', 'a', true);
  expect(await willing.read()).toEqual({ values: [1] });
});

it('says why the broker is away, while the last value counts', async () => {
  const sensor = await opened({ maxAge: '10 s' });
  sensor.say('1');
  sensor.away('mqtt://broker: the connection was refused: no broker listens there');
  const problem = 'mqtt://broker: the connection was refused: no broker listens there';
  expect(await sensor.read()).toEqual({ values: [1], problem });
  sensor.clock.pass(11);
  expect(await sensor.read()).toEqual({ values: [Number.NaN], problem });
});

it.each([
  [{ topic: 'a/#' }, 'a topic without + and #, or wildcards: true'],
  [{ topic: 'a+' }, ''],
  [{ topic: '#/a', wildcards: true }, ''],
  [{ values: {} }, ''],
  [{ values: { time: '/t' } }, ''],
  [{ values: { t: 'temperature' } }, ''],
  [{ values: { t: '', h: '/h' } }, 'one value for the whole message, or JSON pointers for all'],
  [{ availability: 'a/+' }, ''],
])('refuses %j', (options, message) => {
  const found = mqtt.options.safeParse({ url: 'mqtt://broker', topic: 'a', ...options });
  expect(found.success).toBe(false);
  expect(found.error?.issues.map(issue => issue.message).join()).toContain(message);
});

it.each([
  ['a/b', 'a/b', true],
  ['a/+', 'a/b', true],
  ['a/+', 'a', false],
  ['a/+', 'a/b/c', false],
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['#', 'a', true],
  ['#', '$SYS/a', false],
  ['+/a', '$SYS/a', false],
  ['a/+/c', 'a/b/c', true],
])('matches the filter %s with the topic %s: %s', (filter, topic, isMatch) => {
  expect(matches(filter, topic)).toBe(isMatch);
});

it.each([
  ['', []],
  ['/', ['']],
  ['/a/b', ['a', 'b']],
  ['/a~1b/m~0n', ['a/b', 'm~n']],
  ['a', undefined],
  ['/a~2', undefined],
])('reads the pointer %j of RFC 6901', (pointer, keys) => {
  expect(pointerKeys(pointer)).toEqual(keys);
});

it.each([
  ['online', true],
  ['Online', true],
  ['true', true],
  ['{"state":"online"}', true],
  ['{"state":"offline"}', false],
  ['offline', false],
  ['', false],
])('takes the availability %j for %s', (payload, isThere) => {
  expect(isAvailable(payload)).toBe(isThere);
});

it('has no value after a message that cannot be read', async () => {
  const sensor = await opened({ values: { t: '/t' } });
  sensor.say('{"t":21.5}');
  expect(await sensor.read()).toEqual({ values: [21.5] });
  sensor.say('{"t":21');
  expect(await sensor.read()).toEqual({
    values: [Number.NaN],
    problem: 'a: expected JSON, found "{\\"t\\":21"',
  });
  sensor.say('{"t":22}');
  expect(await sensor.read()).toEqual({ values: [22] });
});
