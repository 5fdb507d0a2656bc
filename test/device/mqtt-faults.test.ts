// Tests sensors of MQTT with a real broker: one connection for all, breaks, restarts, passwords and rights.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { mqttBrokers } from '../../device/host/mqtt/brokers.ts';
import type { Sensor } from '../../device/sensor.ts';
import { mqtt } from '../../device/sensors/mqtt.ts';
import { Mosquitto } from '../mosquitto.ts';
import { describeWith } from '../tools.ts';
import { MQTT_SENSORS } from './faults/mqtt-messages.ts';
import { hostOf } from './known-sensors.ts';

const context = { signal: new AbortController().signal };
const PATIENT = { timeout: 10_000 };

let broker: Mosquitto;
let sensors: Sensor[] = [];
let brokers: ReturnType<typeof mqttBrokers>;

beforeEach(async () => {
  broker = await Mosquitto.start();
  brokers = mqttBrokers(20);
});

afterEach(async () => {
  await Promise.all(sensors.map(sensor => sensor.close()));
  sensors = [];
  await broker.close();
});

async function open(options: object): Promise<Sensor> {
  const parsed = mqtt.options.parse({ url: broker.url, ...options });
  const sensor = await mqtt.open(parsed, hostOf({ mqtt: brokers }));
  sensors.push(sensor);
  return sensor;
}

async function parts(sensor: Sensor): Promise<{ values: readonly number[]; problem: string | undefined }> {
  const reading = await sensor.read(context);
  return 'length' in reading
    ? { values: [...(reading as number[])], problem: undefined }
    : { values: [...(reading.values as number[])], problem: reading.problem };
}

/** Publishes until the sensor has heard it: it subscribes some time after it was opened. */
async function heard(
  sensor: Sensor,
  topic: string,
  payload: string,
  values: readonly number[],
): Promise<void> {
  await expect
    .poll(async () => {
      await broker.publish(topic, payload);
      return parts(sensor);
    }, PATIENT)
    .toEqual({ values, problem: undefined });
}

describeWith('mosquitto', 'sensors of a broker', () => {
  it.each(MQTT_SENSORS['mqtt'] ?? [])(
    'get the values of $device',
    async ({ options, topic, payload, values }) => {
      await heard(await open(options), topic, payload, values);
    },
  );

  it('share one connection', async () => {
    const all = await Promise.all(['a', 'b', 'c'].map(topic => open({ topic })));
    for (const [index, sensor] of all.entries()) await heard(sensor, 'abc'[index]!, '7', [7]);
    // The test's own clients publish once each.
    const ids = [...broker.log.matchAll(/New client connected from \S+ as (dapberry-\w+)/g)].map(
      ([, id]) => id,
    );
    expect(new Set(ids).size).toBe(1);
  });

  it('have values again after the broker was away, and say so meanwhile', async () => {
    const sensor = await open({ topic: 'a', maxAge: '1 h' });
    await heard(sensor, 'a', '1', [1]);
    await broker.end('SIGKILL');
    await expect
      .poll(() => parts(sensor), PATIENT)
      .toMatchObject({
        values: [1],
        problem: `${broker.url}: the connection was refused: no broker listens there`,
      });
    await broker.begin();
    await heard(sensor, 'a', '2', [2]);
  });

  it('open without a broker, and have values once it is there', async () => {
    await broker.end('SIGKILL');
    const sensor = await open({ topic: 'a' });
    await expect
      .poll(async () => (await parts(sensor)).problem, PATIENT)
      .toContain('no broker listens there');
    await broker.begin();
    await heard(sensor, 'a', '3', [3]);
  });

  it('take part in the availability that the broker has kept', async () => {
    await broker.publish('a/status', 'offline', true);
    const sensor = await open({ topic: 'a', availability: 'a/status' });
    await expect
      .poll(() => parts(sensor), PATIENT)
      .toEqual({ values: [Number.NaN], problem: 'a/status says that the device is away' });
    await broker.publish('a/status', 'online', true);
    await heard(sensor, 'a', '4', [4]);
  });

  it('close the connection with the last of them', async () => {
    const [one, other] = [await open({ topic: 'a' }), await open({ topic: 'b' })];
    await heard(one, 'a', '1', [1]);
    await one.close();
    await heard(other, 'b', '2', [2]);
    await other.close();
    sensors = [];
    await expect.poll(() => broker.log, PATIENT).toMatch(/Client dapberry-\w+ disconnected/);
  });
});
