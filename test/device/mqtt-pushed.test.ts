// Tests rows that are made whenever a message comes: their values, times and number, and the health of silent sensors.

import { afterEach, expect, it } from 'vitest';
import type { Batch } from '../../dap/model/value.ts';
import { mqttBrokers } from '../../device/host/mqtt/brokers.ts';
import type { SensorHost } from '../../device/kind.ts';
import type { DeviceEvent } from '../../device/sampling/events.ts';
import { openPushedDevice, type PushedDevice } from '../../device/sampling/pushed-device.ts';
import { mqtt } from '../../device/sensors/mqtt.ts';
import { tmp36Simulated } from '../../device/sensors/tmp36.ts';
import { columnsOf, type SetupOptions, setUpSensor } from '../../device/setup/column-setup.ts';
import { tmp36Derivation } from '../../device/setup/derived/tmp36.ts';
import { reopenOnError } from '../../device/setup/reopening-sensor.ts';
import { sensorOpener } from '../../device/setup/sensor-opener.ts';
import { Mosquitto } from '../mosquitto.ts';
import { describeWith } from '../tools.ts';
import { FakeClock } from './fake-clock.ts';
import { hostOf } from './known-sensors.ts';
import { SaidBroker } from './said-broker.ts';

const PATIENT = { timeout: 10_000 };

type Written = Readonly<Record<string, unknown>>;

let device: PushedDevice | undefined;
let stop = new AbortController();
let reading: Promise<void> = Promise.resolve();

afterEach(async () => {
  stop.abort();
  await reading;
  await device?.close();
  device = undefined;
});

/** A device with sensors of these options, and the rows that it makes. */
async function pushed(
  host: Partial<SensorHost>,
  sensors: readonly Written[],
  {
    mostWaiting,
    setup = {},
    isRead = true,
  }: { mostWaiting?: number; setup?: SetupOptions; isRead?: boolean } = {},
) {
  const events: DeviceEvent[] = [];
  const whole = hostOf(host);
  const openers = sensors.map((options, index) => {
    const parsed = mqtt.options.parse({ url: 'mqtt://broker', ...options });
    const one = setUpSensor(mqtt, parsed, { ...(index > 0 ? { name: `s${index}` } : {}), ...setup });
    return reopenOnError(sensorOpener(one, whole, false), one.name, columnsOf(one), whole.clock);
  });
  const opened = await openPushedDevice({
    sensors: openers,
    clock: whole.clock,
    onEvent: event => events.push(event),
    ...(mostWaiting === undefined ? {} : { mostWaiting }),
  });
  device = opened;
  stop = new AbortController();
  const rows: number[][] = [];
  const read = () => {
    reading = (async () => {
      for await (const batch of opened.rows(stop.signal)) rows.push(...rowsOf(batch));
    })();
  };
  if (isRead) read();
  return { device: opened, rows, events, read, values: () => rows.map(([, ...values]) => values) };
}

function rowsOf({ length, columns }: Batch): number[][] {
  return Array.from({ length }, (_, row) => columns.map(column => Number(column[row])));
}

it('makes a row of each message, with the latest values of other topics until they are too old', async () => {
  const [broker, clock] = [new SaidBroker(), new FakeClock()];
  const { values, rows } = await pushed({ mqtt: broker, clock }, [
    { topic: 'a', values: { t: '/t', h: '/h' }, maxAge: '10 s' },
    { topic: 'b', maxAge: '20 s' },
  ]);
  broker.say('a', '{"t":1,"h":50}');
  broker.say('b', '7');
  broker.say('a', '{"t":2}');
  await expect.poll(values).toEqual([
    [1, 50, Number.NaN],
    [1, 50, 7],
    [2, 50, 7],
  ]);
  clock.pass(11);
  broker.say('b', '8');
  await expect.poll(() => values().at(-1)).toEqual([Number.NaN, Number.NaN, 8]);
  const times = rows.map(([time]) => time!);
  expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other));
});

it('makes one row of a message that several sensors read', async () => {
  const broker = new SaidBroker();
  const { values } = await pushed({ mqtt: broker }, [
    { topic: 'a', values: { t: '/t' } },
    { topic: 'a', values: { h: '/h' } },
  ]);
  broker.say('a', '{"t":1,"h":50}');
  broker.say('a', '{"t":2,"h":51}');
  await expect.poll(values).toEqual([
    [1, 50],
    [2, 51],
  ]);
});

it('corrects the values, and computes derived columns', async () => {
  const broker = new SaidBroker();
  const { values } = await pushed({ mqtt: broker }, [{ topic: 'a' }], {
    setup: {
      channels: { value: { units: 'mV', calibration: { kind: 'linear', scale: 10, offset: 50 } } },
      derived: { warmth: { from: 'value', by: tmp36Derivation, options: {} } },
    },
  });
  broker.say('a', '65');
  await expect.poll(values).toEqual([[700, 20]]);
});

it('makes a row without values of a message that cannot be read, and when the device goes away', async () => {
  const broker = new SaidBroker();
  const { values, device: opened } = await pushed({ mqtt: broker }, [
    { topic: 'a', availability: 'a/status' },
  ]);
  broker.say('a/status', 'offline', true);
  broker.say('a/status', 'online');
  broker.say('a', '1');
  broker.say('a', 'warm');
  await expect.poll(() => opened.sensors[0]?.state).toBe('failing');
  broker.say('a', '2');
  broker.say('a/status', 'offline');
  broker.say('a/status', 'offline');
  broker.say('a/status', 'online');
  await expect.poll(values).toEqual([[1], [Number.NaN], [2], [Number.NaN]]);
});

it('takes a retained message, which was sent at an unknown time, only where that is wanted', async () => {
  const broker = new SaidBroker();
  const usual = await pushed({ mqtt: broker }, [{ topic: 'a' }]);
  broker.say('a', '1', true);
  broker.say('a', '2');
  await expect.poll(usual.values).toEqual([[2]]);
  stop.abort();
  await usual.device.close();
  const willing = await pushed({ mqtt: broker }, [{ topic: 'a', retained: true }]);
  broker.say('a', '3', true);
  await expect.poll(willing.values).toEqual([[3]]);
});

it('says which sensor is silent, and that the broker is away, while no row is made', async () => {
  const [broker, clock] = [new SaidBroker(), new FakeClock()];
  const {
    device: opened,
    rows,
    events,
  } = await pushed({ mqtt: broker, clock }, [{ topic: 'a', maxAge: '10 s' }]);
  expect(opened.sensors[0]?.state).toBe('waiting');
  broker.say('a', '1');
  await expect.poll(() => opened.sensors[0]?.state).toBe('ok');
  // The clock runs on to the next look by itself.
  await expect
    .poll(() => opened.sensors[0])
    .toMatchObject({
      state: 'failing',
      failures: 1,
      lastError: { message: 'no value came at a for 10 s (maxAge)' },
    });
  broker.state = { kind: 'away', reason: 'mqtt://broker: no broker listens there' };
  await expect
    .poll(() => opened.sensors[0]?.lastError?.message)
    .toBe('mqtt://broker: no broker listens there');
  broker.state = { kind: 'connected' };
  broker.say('a', '2');
  await expect.poll(() => opened.sensors[0]?.state).toBe('ok');
  await expect.poll(() => rows.length).toBe(2);
  expect(events.map(({ kind }) => kind).slice(0, 2)).toEqual(['sensor-failing', 'sensor-back']);
});

it('counts the rows that it drops, and keeps all others', async () => {
  const broker = new SaidBroker();
  const {
    device: opened,
    values,
    events,
    read,
  } = await pushed({ mqtt: broker }, [{ topic: 'a' }, { topic: 'a' }], {
    mostWaiting: 100,
    isRead: false,
  });
  for (let value = 0; value < 130; value += 1) broker.say('a', String(value));
  expect(opened.dropped).toBe(30);
  expect(events).toMatchObject([{ kind: 'rows-dropped', dropped: 1 }]);
  read();
  await expect.poll(values).toEqual(Array.from({ length: 100 }, (_, value) => [value, value]));
  broker.say('a', '130');
  await expect.poll(() => values().at(-1)).toEqual([130, 130]);
  expect(opened.dropped).toBe(30);
});

it('lets no reader pass by a row that is not stored yet', async () => {
  const [broker, clock] = [new SaidBroker(), new FakeClock()];
  const { device: opened } = await pushed({ mqtt: broker, clock }, [{ topic: 'a' }], { isRead: false });
  broker.say('a', '1');
  const first = opened.earliest;
  clock.pass(5);
  broker.say('a', '2');
  expect(opened.earliest).toBe(first);
  const rows = opened.rows(stop.signal);
  const { value } = await rows.next();
  expect(value?.columns[0]?.[0]).toBe(first);
  expect(opened.earliest).toBe(first);
  const next = rows.next();
  await expect.poll(() => opened.earliest).toBeGreaterThan(first + 4.9);
  stop.abort();
  expect((await next).done).toBe(true);
});

it('goes on behind the rows of an earlier process', async () => {
  const [broker, clock] = [new SaidBroker(), new FakeClock()];
  const { device: opened } = await pushed({ mqtt: broker, clock }, [{ topic: 'a' }], { isRead: false });
  const after = clock.wall() + 100;
  const rows = opened.rows(stop.signal, { after });
  const next = rows.next();
  broker.say('a', '1');
  expect(Number((await next).value?.columns[0]?.[0])).toBeGreaterThan(after);
  stop.abort();
});

it('goes on behind them also with the messages that came while it was found out which they are', async () => {
  const [broker, clock] = [new SaidBroker(), new FakeClock()];
  const { device: opened } = await pushed({ mqtt: broker, clock }, [{ topic: 'a' }], { isRead: false });
  const after = clock.wall() + 100;
  for (const text of ['1', '2']) broker.say('a', text);
  const rows = opened.rows(stop.signal, { after });
  const first = rowsOf((await rows.next()).value!);
  broker.say('a', '3');
  const read = [...first, ...rowsOf((await rows.next()).value!)];
  expect(read.map(([, value]) => value)).toEqual([1, 2, 3]);
  const times = [after, ...read.map(([time]) => time!)];
  expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other));
});

it('refuses sensors that have to be read', async () => {
  const opener = sensorOpener(setUpSensor(tmp36Simulated), hostOf(), true);
  await expect(openPushedDevice({ sensors: [opener] })).rejects.toThrow(
    'expected sensors to which values come by themselves, found tmp36-simulated',
  );
});

it('makes a row each second of a simulated broker', async () => {
  const clock = new FakeClock();
  const one = setUpSensor(mqtt, mqtt.options.parse({ url: 'mqtt://broker', topic: 'a' }));
  const opened = await openPushedDevice({ sensors: [sensorOpener(one, hostOf({ clock }), true)], clock });
  device = opened;
  stop = new AbortController();
  const times: number[] = [];
  for await (const { columns } of opened.rows(stop.signal)) {
    times.push(Number(columns[0]![0]));
    if (times.length === 5) stop.abort();
  }
  expect(times.map(time => Math.round(time - times[0]!))).toEqual([0, 1, 2, 3, 4]);
});

describeWith('mosquitto', 'rows of the messages of a broker', () => {
  it('lose no message of a burst, and double none that several topics match', async () => {
    const broker = await Mosquitto.start([
      'allow_anonymous true',
      'max_queued_messages 0',
      'max_inflight_messages 0',
    ]);
    const count = 20_000;
    const { values, device: opened } = await pushed({ mqtt: mqttBrokers(20) }, [
      { url: broker.url, topic: 'burst/a', availability: 'burst/status' },
      { url: broker.url, topic: 'burst/#', wildcards: true, values: { n: '/n' } },
    ]);
    const client = await broker.client();
    await expect
      .poll(async () => {
        await client.publishAsync('burst/b', '{"n":-1}', { qos: 1 });
        return values().length;
      }, PATIENT)
      .toBeGreaterThan(0);
    for (let value = 0; value < count; value += 1) client.publish('burst/b', `{"n":${value}}`, { qos: 1 });
    await expect.poll(() => values().at(-1)?.[1], { timeout: 60_000 }).toBe(count - 1);
    const taken = values().flatMap(([, n]) => (n! >= 0 ? [n!] : []));
    expect(taken).toEqual(Array.from({ length: count }, (_, value) => value));
    expect(opened.dropped).toBe(0);
    // Both sensors have this topic, for each of which the broker sends a copy.
    await client.publishAsync('burst/a', '3', { qos: 1 });
    await expect
      .poll(() => values().slice(-2), PATIENT)
      .toEqual([
        [3, count - 1],
        [3, count - 1],
      ]);
    await broker.close();
  }, 90_000);
});
