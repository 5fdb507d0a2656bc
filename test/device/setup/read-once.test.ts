import { describe, expect, it } from 'vitest';
import { serialQueues } from '../../../device/host/serial.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { mqtt } from '../../../device/sensors/mqtt.ts';
import { setUpSensor } from '../../../device/setup/column-setup.ts';
import { readOnce } from '../../../device/setup/read-once.ts';
import { sensorOpener } from '../../../device/setup/sensor-opener.ts';
import { FakeClock } from '../fake-clock.ts';
import { deferred, never, opening, sensorOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';
import { SaidBroker } from '../said-broker.ts';

/** Tells how often a sensor was closed. */
function counting(sensor: Sensor): { sensor: Sensor; closed: () => number } {
  let closed = 0;
  const close = async () => {
    closed++;
  };
  return { sensor: { ...sensor, close }, closed: () => closed };
}

describe('one reading', () => {
  it('has the values of the sensor, which is closed then', async () => {
    const { sensor, closed } = counting(sensorOf('a', () => [21.5]));
    expect(await readOnce(opening(sensor), new FakeClock())).toEqual({ values: [21.5] });
    expect(closed()).toBe(1);
  });

  it('is the error of a sensor that does not open, or does not answer', async () => {
    const failing = async () => {
      throw new Error('no wire');
    };
    expect(await readOnce(failing, new FakeClock())).toEqual({ error: 'no wire' });
    const { sensor, closed } = counting(sensorOf('a', failing));
    expect(await readOnce(opening(sensor), new FakeClock())).toEqual({ error: 'no wire' });
    expect(closed()).toBe(1);
  });

  it('has the values of an incomplete reading, and its problem', async () => {
    const partial = () => ({ values: [Number.NaN], problem: 'a jumper is open' });
    const reading = await readOnce(opening(sensorOf('a', partial)), new FakeClock());
    expect(reading).toEqual({ values: [Number.NaN], error: 'a jumper is open' });
  });

  it('says why a simulated sensor has no value now', async () => {
    const computed = { ...sensorOf('a', () => [Number.NaN]), compute: () => undefined };
    const clock = new FakeClock();
    const out = { ...computed, failure: (time: number) => `out at ${time}` };
    expect(await readOnce(opening(out), clock)).toEqual({ error: `out at ${clock.wall()}` });
    const there = { ...computed, failure: () => undefined };
    expect(await readOnce(opening(there), clock)).toEqual({ values: [Number.NaN] });
  });

  it('is an error if the sensor returns too few values', async () => {
    expect(await readOnce(opening(sensorOf('a', () => [])), new FakeClock())).toEqual({
      error: 'expected 1 value, one per channel, found 0 in the reading',
    });
  });

  it('ends after its limit: the read is aborted and the sensor closed', async () => {
    let told = false;
    const { sensor, closed } = counting(
      sensorOf('a', ({ signal }) => {
        signal.addEventListener('abort', () => {
          told = true;
        });
        return never();
      }),
    );
    expect(await readOnce(opening(sensor), new FakeClock())).toEqual({ error: 'no answer within 10 s' });
    expect([told, closed()]).toEqual([true, 1]);
  });

  it('may wait for others on the same bus, each of which has its own time', async () => {
    const clock = new FakeClock();
    const serial = serialQueues();
    const slow = (name: string) =>
      sensorOf(name, context =>
        serial(
          '1-wire',
          async () => {
            await clock.sleepUntil(clock.monotonic() + 7);
            return [1];
          },
          context,
        ),
      );
    const names = ['a', 'b', 'c'];
    const readings = names.map(name => readOnce(opening(slow(name)), clock));
    expect(await Promise.all(readings)).toEqual(names.map(() => ({ values: [1] })));
  });

  it('may take twice as long as its kind says', async () => {
    const clock = new FakeClock();
    const read = async () => {
      await clock.sleepUntil(clock.monotonic() + 19);
      return [1];
    };
    const slow = sensorOf('a', read, { sampling: { conversionTime: 10 } });
    expect(await readOnce(opening(slow), clock)).toEqual({ values: [1] });
  });

  it('closes a sensor that opens after the limit', async () => {
    const late = deferred<Sensor>();
    expect(await readOnce(() => late.promise, new FakeClock())).toEqual({ error: 'no answer within 10 s' });
    const closed = deferred();
    late.resolve({ ...sensorOf('a', () => [1]), close: async () => closed.resolve() });
    await closed.promise;
  });
});

describe('one reading of a sensor to which messages come', () => {
  const topic = 'garden/air';
  const options = { url: 'mqtt://127.0.0.1', topic, values: { temperature: '/t', humidity: '/h' } };

  /** @param meanwhile runs while the reading waits */
  async function reading(
    meanwhile: (broker: SaidBroker, clock: FakeClock) => unknown = () => {},
    state?: SaidBroker['state'],
  ) {
    const [broker, clock] = [new SaidBroker(), new FakeClock()];
    if (state !== undefined) broker.state = state;
    const setup = setUpSensor(mqtt, mqtt.options.parse(options), { name: 'air' });
    const start = clock.monotonic();
    void clock.sleepUntil(start + 1).then(() => meanwhile(broker, clock));
    const result = await readOnce(sensorOpener(setup, hostOf({ mqtt: broker, clock }), false), clock);
    return { ...result, seconds: clock.monotonic() - start };
  }

  it('waits for the first message', async () => {
    const { values, error, seconds } = await reading(broker => broker.say(topic, '{"t": 21.5, "h": 40}'));
    expect([values, error]).toEqual([[21.5, 40], undefined]);
    expect(seconds).toBeLessThan(1.5);
  });

  it('says why there is no value', async () => {
    const none = [Number.NaN, Number.NaN];
    const silent = await reading();
    expect(silent).toMatchObject({ values: none, error: 'no message has come at garden/air yet' });
    expect(silent.seconds).toBeLessThan(6);
    expect(await reading(broker => broker.say(topic, '{"t": 20, "h": 40}', true))).toMatchObject({
      values: none,
      error:
        'no message has come at garden/air yet, but one that the broker has kept, which counts only with retained: true',
    });
    expect(await reading(() => {}, { kind: 'connecting' })).toMatchObject({
      values: none,
      error: 'the broker has not answered yet',
    });
    const away = (broker: SaidBroker) => {
      broker.state = { kind: 'away', reason: 'no broker is there' };
    };
    const gone = await reading(away, { kind: 'connecting' });
    expect(gone).toMatchObject({ values: none, error: 'no broker is there' });
    expect(gone.seconds).toBeLessThan(1.5);
    expect(await reading(broker => broker.say(topic, '{"t": 20}'))).toMatchObject({
      error: 'garden/air: expected a value at /h, found {"t":20}',
    });
  });
});
