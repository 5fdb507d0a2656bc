// Runs the examples of docs/mqtt.md: the server command with a broker, and what its subscribers get.

import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../server/config/load.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import { Mosquitto, type Received } from '../../mosquitto.ts';
import { ROOT } from '../../sources.ts';
import { describeWith } from '../../tools.ts';
import { Server } from '../history/server-process.ts';
import { checkDiscovery } from './home-assistant-rules.ts';

const PAGE = readFileSync(join(ROOT, 'docs/mqtt.md'), 'utf8');
const PATIENT = { timeout: 20_000 };

/** The configurations of the page. */
const EXAMPLES = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);

it.each(EXAMPLES.map((text, index) => [index + 1, text] as const))(
  'has a valid example %d',
  (_index, text) => {
    const loaded = loadConfig([{ name: 'config.yaml', content: text }]);
    expect('problems' in loaded ? loaded.problems.map(problemLine) : []).toEqual([]);
  },
);

describeWith('mosquitto', 'the examples about MQTT', () => {
  let broker: Mosquitto;
  let server: Server | undefined;

  beforeEach(async () => {
    broker = await Mosquitto.start();
  });

  afterEach(async () => {
    await server?.end('SIGKILL');
    await broker.close();
  });

  /** Serves an example, at the broker of this test; a row every 0.1 s unless other options are given. */
  function serve(example: string, options: readonly string[] = ['--interval', '0.1']): Server {
    const file = join(broker.folder, 'config.yaml');
    const credentials = join(broker.folder, 'login');
    writeFileSync(credentials, 'pi:secret\n', { mode: 0o600 });
    const text = example
      .replaceAll(/mqtt:\/\/[\w.]+/g, broker.url)
      .replace('/etc/dapberry/mqtt', credentials)
      .replace('interval: 10 s', 'interval: 1 s');
    writeFileSync(file, text);
    server = new Server(['--config', file, ...options], {
      XDG_STATE_HOME: join(broker.folder, 'state'),
    });
    return server;
  }

  const last = (messages: readonly Received[], topic: string) =>
    messages.findLast(message => message.topic === topic)?.payload;

  it('send rows, values and the availability', async () => {
    const messages = await broker.listen('dapberry/#');
    const served = serve(EXAMPLES[0]!);
    const topic = `dapberry/${hostname()}/roof`;
    await expect
      .poll(() => last(messages, topic), PATIENT)
      .toMatch(/^\{"time":[\d.]+,"voltage":[\d.]+,"temperature":[\d.]+\}$/);
    await expect.poll(() => last(messages, `${topic}/temperature`)).toMatch(/^[\d.]+$/);
    expect(last(messages, `${topic}/$status`)).toBe('online');
    const health = JSON.parse((await served.get('health')).toString());
    expect(health.status).toBe('ok');
    expect(health.datasets[0].publish[0]).toMatchObject({ kind: 'mqtt', state: 'connected', dropped: 0 });
    await served.end('SIGTERM');
    await expect.poll(() => last(messages, `${topic}/$status`)).toBe('offline');
  });

  it('describe the columns to Home Assistant', async () => {
    const messages = await broker.listen('#');
    serve(EXAMPLES[2]!);
    const configs = () => messages.filter(({ topic }) => topic.endsWith('/config'));
    await expect.poll(() => configs().length, PATIENT).toBe(2);
    const entities = configs().map(({ topic, payload }) => checkDiscovery(topic, payload));
    expect(entities.map(({ device_class: found }) => found)).toEqual(['voltage', 'temperature']);
    expect(entities[0]?.device.name).toBe('On the roof');
    const [first] = entities;
    await expect.poll(() => last(messages, first!.state_topic), PATIENT).toContain('"voltage":');
    expect(last(messages, first!.availability_topic)).toBe('online');
  });

  it('make columns of the messages of a device', async () => {
    const served = serve(EXAMPLES[3]!);
    const message = '{"battery":97,"humidity":61.02,"linkquality":134,"temperature":18.44}';
    await expect
      .poll(async () => {
        await broker.publish('zigbee2mqtt/garden', message);
        return (await served.get('latest.json')).toString();
      }, PATIENT)
      .toContain('18.44');
    const das = (await served.get('garden.das')).toString();
    expect(das).toContain('standard_name "air_temperature"');
  });

  it('make a row of each message', async () => {
    const served = serve(EXAMPLES[4]!, []);
    const newest = async () => {
      const { values } = JSON.parse((await served.get('house/latest.json')).toString());
      return values as Record<string, number | null> | undefined;
    };
    await expect
      .poll(async () => {
        await broker.publish('zigbee2mqtt/garden', '{"humidity":61.02,"temperature":18.44}');
        return newest();
      }, PATIENT)
      .toMatchObject({ garden_temperature: 18.44 });
    await broker.publish('zigbee2mqtt/door', '{"battery":100,"contact":true,"linkquality":88}');
    await expect
      .poll(newest, PATIENT)
      .toMatchObject({ garden_temperature: 18.44, garden_humidity: 61.02, door_closed: 1 });
  });

  it('send rows with QoS 1 from where the server was stopped', async () => {
    const example = EXAMPLES[0]!.replace('url:', 'qos: 1\n    url:');
    const messages = await broker.listen('dapberry/+/roof');
    const times = () => messages.map(({ payload }) => JSON.parse(payload).time as number);
    const first = serve(example);
    await expect.poll(() => times().length, PATIENT).toBeGreaterThan(10);
    await first.end('SIGTERM');
    const before = times().length;
    serve(example);
    await expect.poll(() => times().length, PATIENT).toBeGreaterThan(before + 10);
    const all = times();
    expect(all).toEqual([...new Set(all)].toSorted((one, other) => one - other));
  });
});
