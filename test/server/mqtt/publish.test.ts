// Tests what subscribers of a real broker get of a dataset: rows, values, availability, and every row once with QoS 1.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { Mosquitto, type Received } from '../../mosquitto.ts';
import { describeWith } from '../../tools.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { MqttRig } from './mqtt-rig.ts';

let broker: Mosquitto;
let rig: MqttRig;

beforeEach(async () => {
  broker = await Mosquitto.start();
  rig = await MqttRig.start(broker);
});

afterEach(async () => {
  await rig.close();
  await broker.close();
});

const at = (messages: readonly Received[], topic: string) =>
  messages.filter(message => message.topic === topic).map(({ payload }) => payload);
const times = (messages: readonly Received[]) =>
  at(messages, 'house/pi').map(text => JSON.parse(text).time as number);

describeWith('mosquitto', 'rows at an MQTT broker', () => {
  it('come as JSON, with each value at a topic of its own', async () => {
    const messages = await broker.listen('house/#');
    rig.publish();
    await rig.connected();
    await rig.append([1.5, 20.25, 7, 0.1]);
    await expect.poll(() => at(messages, 'house/pi/c')).toEqual(['0.1']);
    expect(at(messages, 'house/pi')).toEqual(['{"time":1.5,"a":20.25,"b":7,"c":0.1}']);
    expect(at(messages, 'house/pi/a')).toEqual(['20.25']);
    expect(at(messages, 'house/pi/b')).toEqual(['7']);
    expect(at(messages, 'house/pi/time')).toEqual([]);
  });

  it('have null and NaN in place of missing values', async () => {
    const messages = await broker.listen('house/#');
    rig.publish();
    await rig.connected();
    await rig.append([1, Number.NaN, 7, Number.NaN]);
    await expect.poll(() => at(messages, 'house/pi/c')).toEqual(['NaN']);
    expect(at(messages, 'house/pi')).toEqual(['{"time":1,"a":null,"b":7,"c":null}']);
    expect(at(messages, 'house/pi/a')).toEqual(['NaN']);
  });

  it('come without single values where the configuration says so', async () => {
    const messages = await broker.listen('house/#');
    rig.publish({ values: false });
    await rig.connected();
    await rig.append([1, 2, 3, 4]);
    await expect.poll(() => times(messages)).toEqual([1]);
    await rig.append([2, 2, 3, 4]);
    await expect.poll(() => times(messages)).toEqual([1, 2]);
    expect(new Set(messages.map(({ topic }) => topic))).toEqual(new Set(['house/pi', 'house/pi/$status']));
  });

  it('are kept by the broker on request', async () => {
    rig.publish({ retain: true });
    await rig.connected();
    await rig.append([1, 2, 3, 4]);
    await expect.poll(() => rig.status?.sent).toBe(1);
    const messages = await broker.listen('house/pi');
    await expect.poll(() => messages).toMatchObject([{ retain: true }]);
  });

  it('come with the availability, which the broker changes when the server is gone', async () => {
    const messages = await broker.listen('house/pi/$status');
    rig.publish();
    await expect.poll(() => at(messages, 'house/pi/$status')).toEqual(['online']);
    // As a network does that breaks.
    await broker.end('SIGKILL');
    await broker.begin();
    const again = await broker.listen('house/pi/$status');
    await expect.poll(() => at(again, 'house/pi/$status'), { timeout: 5000 }).toEqual(['online']);
    await rig.publisher.close();
    await expect.poll(() => at(again, 'house/pi/$status')).toEqual(['online', 'offline']);
  });

  it('come every one with QoS 1, also those from the time without a broker', async () => {
    await broker.end('SIGTERM');
    const kept = ['allow_anonymous true', 'persistence true', 'persistence_location FOLDER/data/'];
    await broker.begin(kept);
    // The broker keeps the messages of this session while the subscriber is away.
    const session = { clientId: 'reader', clean: false };
    const first = await broker.listen('house/pi', session);
    rig.publish({ qos: 1 });
    await rig.connected();
    await rig.append([1, 0, 0, 0]);
    await expect.poll(() => times(first)).toEqual([1]);
    await broker.end('SIGTERM');
    await expect.poll(() => rig.status?.state).toBe('away');
    await rig.append([2, 0, 0, 0], [3, 0, 0, 0]);
    await broker.begin();
    const second = await broker.listen('house/pi', session);
    await expect.poll(() => times(second), { timeout: 5000 }).toEqual([2, 3]);
    expect(rig.status).toMatchObject({ state: 'connected', dropped: 0 });
  });

  it('come newest only with QoS 0', async () => {
    rig.publish();
    await rig.connected();
    await broker.end('SIGKILL');
    await expect.poll(() => rig.status?.state).toBe('away');
    await rig.append([1, 0, 0, 0], [2, 0, 0, 0]);
    await broker.begin();
    const messages = await broker.listen('house/pi');
    await rig.connected();
    await rig.append([3, 0, 0, 0]);
    await expect.poll(() => times(messages).at(-1), { timeout: 5000 }).toBe(3);
    expect(times(messages)).not.toContain(1);
  });

  it('come to a broker that takes one message at a time', async () => {
    await broker.end('SIGTERM');
    await broker.begin(['allow_anonymous true', 'max_inflight_messages 1']);
    const messages = await broker.listen('house/pi');
    rig.publish({ qos: 1 });
    await rig.connected();
    await rig.append(...Array.from({ length: 50 }, (_, row) => [row + 1, 0, 0, 0]));
    await expect.poll(() => times(messages)).toEqual(Array.from({ length: 50 }, (_, row) => row + 1));
    expect(rig.status?.lastError).toBeUndefined();
  });

  it('come to a broker that knows MQTT 3.1.1 alone', async () => {
    const proxy = await CuttingProxy.start(broker.port, { isOld: true });
    const messages = await broker.listen('house/pi');
    rig.publish({ qos: 1, url: proxy.url });
    await rig.connected();
    await rig.append([1, 0, 0, 0]);
    await expect.poll(() => times(messages)).toEqual([1]);
    expect(proxy.connections).toBe(2);
    await rig.close();
    await proxy.close();
  });

  it('ends in the time that a connection has for its end, where the broker does not answer', async () => {
    rig.publish();
    await rig.connected();
    await rig.append([1, 0, 0, 0]);
    broker.signal('SIGSTOP');
    const late = new Promise(resolve => setTimeout(() => resolve('late'), 650));
    expect(await Promise.race([rig.publisher.close().then(() => 'ended'), late])).toBe('ended');
    broker.signal('SIGCONT');
  });
});
