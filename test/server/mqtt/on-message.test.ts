// Tests a dataset with a row for each message: the server command with a real broker, its formats, history and health.

import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Mosquitto } from '../../mosquitto.ts';
import { describeWith } from '../../tools.ts';
import { Server } from '../history/server-process.ts';

const PATIENT = { timeout: 20_000 };

describeWith('mosquitto', 'a dataset with a row for each message', () => {
  let broker: Mosquitto;
  let server: Server;

  beforeEach(async () => {
    broker = await Mosquitto.start(['allow_anonymous true', 'max_queued_messages 0']);
  });

  afterEach(async () => {
    await server.end('SIGKILL');
    await broker.close();
  });

  function serve(more = ''): Server {
    const file = join(broker.folder, 'config.yaml');
    const sensor = `kind: mqtt, url: "${broker.url}"`;
    writeFileSync(
      file,
      `history: {path: ${join(broker.folder, 'history')}, flush: 10 s}
${more}datasets:
  house:
    interval: on message
    sensors:
      - {${sensor}, name: air, topic: air, values: {t: /t, h: /h}, maxAge: 1 h}
      - {${sensor}, name: door, topic: door, maxAge: 1 h, channels: {value: {type: Int32}}}
`,
    );
    server = new Server(['--config', file], { XDG_STATE_HOME: join(broker.folder, 'state') });
    return server;
  }

  const health = async () => (await server.health()) as unknown as HouseHealth;
  const sensorsAre = (...states: readonly string[]) =>
    expect
      .poll(async () => (await health()).datasets[0].sensors.map(({ state }) => state), PATIENT)
      .toEqual(states);

  interface HouseHealth {
    readonly status: string;
    readonly datasets: readonly [
      {
        readonly rows: number;
        readonly dropped: number;
        readonly interval?: number;
        readonly sensors: readonly {
          readonly state: string;
          readonly lastError?: { readonly message: string };
        }[];
      },
    ];
  }

  /** The rows of the past, with `NaN` and fill values as empty fields. */
  async function table(): Promise<string[][]> {
    const text = (await server.get('past/house.csv')).toString();
    return text
      .trim()
      .split('\n')
      .slice(1)
      .map(line => line.split(','));
  }

  /** Says something until the server hears it. */
  async function heard(): Promise<void> {
    await expect
      .poll(async () => {
        await broker.publish('air', '{"t":0,"h":0}');
        return (await health()).datasets[0].rows;
      }, PATIENT)
      .toBeGreaterThan(0);
  }

  it('serves and keeps a row of each message, over a restart', async () => {
    serve();
    await heard();
    const client = await broker.client();
    for (let n = 1; n <= 5000; n += 1) client.publish('air', `{"t":${n},"h":50}`, { qos: 1 });
    await client.publishAsync('door', 'ON', { qos: 1 });
    await expect.poll(async () => (await table()).at(-1)?.slice(1), PATIENT).toEqual(['5000', '50', '1']);
    const all = await table();
    expect(await health()).toMatchObject({ status: 'ok', datasets: [{ dropped: 0, rows: all.length }] });
    expect((await health()).datasets[0].interval).toBeUndefined();
    const rows = all.slice(all.findIndex(([, t]) => t !== '0'));
    expect(rows.map(([, t]) => Number(t))).toEqual([...Array.from({ length: 5000 }, (_, n) => n + 1), 5000]);
    expect(rows.at(-2)?.slice(1)).toEqual(['5000', '50', '']);
    await server.end('SIGTERM');
    serve();
    await heard();
    const after = await table();
    expect(after.length).toBeGreaterThan(all.length);
    expect(after.slice(0, all.length)).toEqual(all);
    // The last value of the door was said to another process.
    expect(after.at(-1)?.slice(1)).toEqual(['0', '0', '']);
  });

  it('tells Home Assistant when a value is too old to count', async () => {
    serve(`publish: {mqtt: {url: "${broker.url}", topic: house, discovery: homeassistant}}\n`);
    await heard();
    const heardOf = await broker.listen('homeassistant/sensor/house/air_t/config');
    await expect.poll(() => heardOf.length, PATIENT).toBeGreaterThan(0);
    expect(JSON.parse(String(heardOf[0]!.payload))).toMatchObject({ expire_after: 3600 });
  });

  it('streams each row as its message comes', async () => {
    serve();
    await heard();
    const address = await server.address();
    const response = await fetch(`${address}house.ndjson?sensor.air_t`);
    let text = '';
    const reading = (async () => {
      for await (const piece of response.body!) text += new TextDecoder().decode(piece);
    })().catch(() => undefined);
    for (const t of [21, 22, 23]) {
      await broker.publish('air', JSON.stringify({ t }));
      await expect.poll(() => text, PATIENT).toContain(`"air_t":${t}`);
    }
    await server.end('SIGKILL');
    await reading;
  });

  it('says that the broker is away, and makes rows again once it is back', async () => {
    serve();
    await heard();
    await sensorsAre('ok', 'waiting');
    await broker.end('SIGKILL');
    await sensorsAre('failing', 'failing');
    await expect
      .poll(async () => (await health()).datasets[0].sensors[0]?.lastError?.message, PATIENT)
      .toContain('no broker listens there');
    const away = await health();
    expect(away.status).toBe('degraded');
    const { rows } = away.datasets[0];
    await broker.begin();
    await sensorsAre('ok', 'ok');
    expect((await health()).datasets[0].rows).toBe(rows);
    await broker.publish('door', 'OFF');
    await expect.poll(async () => (await table()).at(-1)?.slice(1), PATIENT).toEqual(['0', '0', '0']);
    await expect.poll(async () => (await health()).status, PATIENT).toBe('ok');
  });

  it('passes its rows on to a broker', async () => {
    const messages = await broker.listen('dapberry/+/house');
    serve(`publish: {mqtt: {url: "${broker.url}", qos: 1}}\n`);
    await heard();
    for (let t = 1; t <= 100; t += 1) await broker.publish('air', JSON.stringify({ t }));
    const values = () => messages.map(({ payload }) => JSON.parse(payload).air_t as number);
    await expect.poll(() => values().at(-1), PATIENT).toBe(100);
    expect(values().filter(t => t > 0)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    expect(messages.at(-1)?.topic).toBe(`dapberry/${hostname()}/house`);
  });
});
