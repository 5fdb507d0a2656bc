// Tests which rows can be lost when a broker is killed while rows come: those that it has acknowledged and not passed on, and no others.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { Mosquitto } from '../../mosquitto.ts';
import { describeWith } from '../../tools.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { MqttRig } from './mqtt-rig.ts';

const PATIENT = { timeout: 20_000 };

describeWith('mosquitto', 'a broker that is killed', () => {
  let broker: Mosquitto;
  let rig: MqttRig;

  beforeEach(async () => {
    broker = await Mosquitto.start([
      'allow_anonymous true',
      'max_queued_messages 0',
      'persistence true',
      'persistence_location FOLDER/data/',
    ]);
    rig = await MqttRig.start(broker);
  });

  afterEach(async () => {
    await rig.close();
    await broker.close();
  });

  it('gets every row that it has not acknowledged, and the server counts none as lost', async () => {
    const seen = new Set<number>();
    const subscribe = async () => {
      const client = await broker.client({ clientId: 'reader', clean: false }, (_topic, payload) =>
        seen.add(JSON.parse(payload).time),
      );
      await client.subscribeAsync('house/pi', { qos: 1 });
    };
    await subscribe();
    // The server comes back after the subscriber, whose session a killed broker forgets.
    let isOpen = true;
    const proxy = await CuttingProxy.start(broker.port, { cutAfter: () => (isOpen ? undefined : 0) });
    rig.publish({ qos: 1, url: proxy.url, values: false });
    await rig.connected();
    let last = 0;
    const append = async (rows: number) => {
      await rig.append(...Array.from({ length: rows }, (_, index) => [last + index + 1, 0, 0, 0] as const));
      last += rows;
    };
    /** Rows that a killed broker may have acknowledged and not passed on: after the first time, up to the second one. */
    const windows: (readonly [number, number])[] = [];
    for (let kill = 0; kill < 12; kill += 1) {
      const target = last + 300;
      // Killed in the middle of the rows.
      const killed = (async () => {
        await expect
          .poll(() => rig.status?.lastTime ?? 0, { ...PATIENT, interval: 1 })
          .toBeGreaterThan(target - 200);
        isOpen = false;
        await broker.end('SIGKILL');
      })();
      while (last < target) await append(10);
      await killed;
      await expect.poll(() => rig.status?.state, PATIENT).toBe('away');
      // What it sent before its end has arrived by now: its sockets are closed.
      windows.push([Math.max(0, ...seen), rig.status?.lastTime ?? 0]);
      await broker.begin();
      await subscribe();
      isOpen = true;
    }
    await append(10);
    await expect.poll(() => rig.status?.behind.rows, PATIENT).toBe(0);
    await expect.poll(() => seen.has(last), PATIENT).toBe(true);
    const missing = Array.from({ length: last }, (_, row) => row + 1).filter(time => !seen.has(time));
    const unexplained = missing.filter(time => !windows.some(([from, to]) => from < time && time <= to));
    expect(unexplained).toEqual([]);
    expect(rig.status).toMatchObject({ dropped: 0, gaps: 0, sent: last });
    await rig.close();
    await proxy.close();
  }, 120_000);
});
