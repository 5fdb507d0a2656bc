// Tests that a message above the limit of a broker costs its own row alone, whether the broker tells its limit or ends the connection.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { Suspects } from '../../../server/mqtt/suspects.ts';
import { Mosquitto, type Received } from '../../mosquitto.ts';
import { describeWith } from '../../tools.ts';
import type { Row } from '../scripted-source.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { MqttRig } from './mqtt-rig.ts';

const PATIENT = { timeout: 20_000 };

/** So long that rows with many digits alone are above the limit. */
const TOPIC = `house/${'x'.repeat(990)}`;
const LIMIT = 1046;
const LONG = [0.123456789012345, 1_234_567_890, 0.123] as const;

describeWith('mosquitto', 'messages above the limit of a broker', () => {
  let broker: Mosquitto;
  let rig: MqttRig;
  let proxy: CuttingProxy;

  beforeEach(async () => {
    broker = await Mosquitto.start(['allow_anonymous true', `max_packet_size ${LIMIT}`]);
    proxy = await CuttingProxy.start(broker.port, { isOld: true });
    rig = await MqttRig.start(broker);
  });

  afterEach(async () => {
    await rig.close();
    await proxy.close();
    await broker.close();
  });

  const times = (messages: readonly Received[]) =>
    messages.map(({ payload }) => JSON.parse(payload).time as number);

  it.each([1, 0] as const)('cost their own rows with MQTT 3.1.1 and QoS %d, and are told', async qos => {
    const messages = await broker.listen(TOPIC);
    rig.publish({ qos, url: proxy.url, topic: TOPIC, values: false, clientId: 'a' });
    await rig.connected();
    let time = 1;
    const append = (long: boolean) => rig.append([time++, ...(long ? LONG : ([0, 0, 0] as const))]);
    await append(false);
    await expect.poll(() => times(messages), PATIENT).toEqual([1]);
    await append(true);
    await expect
      .poll(async () => {
        // With QoS 0 a row is not sent again.
        if (qos === 0) await append(true);
        return rig.status?.dropped;
      }, PATIENT)
      .toBe(1);
    expect(rig.status?.lastDrop?.reason).toMatch(
      /^a message to house\/x+ takes \d+ bytes, and the broker ends the connection at messages of \d+ bytes: they are probably above its limit \(max_packet_size\)$/,
    );
    await append(false);
    await expect.poll(() => times(messages).at(-1), PATIENT).toBe(time - 1);
    // The next one costs no connection.
    const { connections } = proxy;
    await append(true);
    await expect.poll(() => rig.status?.dropped, PATIENT).toBe(2);
    await append(false);
    await expect.poll(() => times(messages).at(-1), PATIENT).toBe(time - 1);
    expect(new Set(times(messages))).toEqual(new Set([1, time - 3, time - 1]));
    expect(proxy.connections).toBe(connections);
    expect(rig.status).toMatchObject({ state: 'connected', gaps: 0 });
    if (qos === 1) expect(rig.status?.sent).toBe(3);
  });

  it('keep no row from a broker that does not take the descriptions for Home Assistant', async () => {
    await broker.end('SIGTERM');
    await broker.begin(['allow_anonymous true', 'max_packet_size 300']);
    const messages = await broker.listen('house/pi');
    rig.publish({ qos: 1, values: false, discovery: 'homeassistant' });
    await rig.connected();
    await rig.append([1, 0, 0, 0]);
    await expect.poll(() => times(messages), PATIENT).toEqual([1]);
    expect(rig.status).toMatchObject({ state: 'connected', sent: 1, dropped: 0 });
    expect(rig.status?.lastError?.message).toMatch(
      /^Home Assistant is not told of every column: a message to homeassistant\/sensor\/house_pi\/a\/config takes \d+ bytes, and the broker takes 300/,
    );
  });

  it('are counted once, and no row twice, wherever the connection breaks', async () => {
    await broker.end('SIGTERM');
    await broker.begin(['allow_anonymous true', 'max_packet_size 75']);
    let random = 5;
    const cutting = await CuttingProxy.start(broker.port, {
      cutAfter: () => {
        random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
        return 400 + (random % 3000);
      },
    });
    const messages = await broker.listen('house/pi');
    rig.publish({ qos: 1, url: cutting.url, values: false });
    const rows: Row[] = Array.from({ length: 200 }, (_, row) =>
      row % 7 === 3 ? [row + 1, ...LONG] : [row + 1, row, 0, 0],
    );
    for (let from = 0; from < rows.length; from += 20) await rig.append(...rows.slice(from, from + 20));
    await expect.poll(() => rig.status?.behind.rows, { timeout: 40_000 }).toBe(0);
    const long = rows.filter(([, first]) => first === LONG[0]).length;
    expect(rig.status).toMatchObject({ dropped: long, sent: rows.length - long, gaps: 0 });
    await expect.poll(() => new Set(times(messages)).size, PATIENT).toBe(rows.length - long);
    expect(cutting.cuts).toBeGreaterThan(2);
    await rig.close();
    await cutting.close();
  }, 60_000);
});

it('takes a bad network for no limit of size', () => {
  let now = 0;
  const suspects = new Suspects(() => now);
  const usual = { topic: 'a', bytes: 2000 };
  suspects.taken(usual);
  for (let loss = 0; loss < 10; loss += 1) suspects.lostAt(usual, false);
  expect(suspects.refusal(usual)).toBeUndefined();
  // Of brokers that end the connection at messages that the user may not send.
  for (let loss = 0; loss < 10; loss += 1) suspects.lostAt({ topic: 'b', bytes: 100 }, false);
  expect(suspects.refusal({ topic: 'b', bytes: 100 })).toBeUndefined();
  const large = { topic: 'a', bytes: 2001 };
  suspects.lostAt(large, false);
  suspects.lostAt(large, false);
  expect(suspects.refusal(large)).toBeUndefined();
  suspects.lostAt(large, false);
  expect(suspects.refusal(large)).toContain('takes 2001 bytes');
  expect(suspects.refusal(usual)).toBeUndefined();
  // The limit of the broker may be raised.
  now = 3_600_001;
  expect(suspects.refusal(large)).toBeUndefined();
  suspects.lostAt(large, true);
  expect(suspects.refusal(large)).toContain('takes 2001 bytes');
});
