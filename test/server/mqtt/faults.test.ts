// Tests that no fault of a broker loses a row without a word: wrong passwords, rights, limits, breaks and restarts.

import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Mosquitto, type Received } from '../../mosquitto.ts';
import { describeWith, tools } from '../../tools.ts';
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

const PATIENT = { timeout: 10_000 };
const SECRET = 'correct horse: battery';

const times = (messages: readonly Received[]) =>
  messages
    .filter(({ topic }) => topic === 'house/pi')
    .map(({ payload }) => JSON.parse(payload).time as number);

/** Begins the broker again with other lines. */
async function configure(...lines: readonly string[]): Promise<void> {
  await broker.end('SIGTERM');
  await broker.begin(lines);
}

function file(name: string, content: string, mode = 0o600): string {
  const path = join(broker.folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const lastError = () => expect.poll(() => rig.status?.lastError?.message, PATIENT);

describeWith(['mosquitto', 'mosquitto_passwd'], 'a broker with passwords', () => {
  beforeEach(async () => {
    broker.addUser('pi', SECRET);
    await configure('password_file FOLDER/users');
  });

  it('takes the rows of a user whose password is in a file', async () => {
    rig.publish({ qos: 1, credentials: file('login', `pi:${SECRET}\n`) });
    await rig.connected();
    await rig.append([1, 0, 0, 0]);
    await expect.poll(() => rig.status?.sent).toBe(1);
  });

  it.each([
    [
      'a wrong password',
      'pi:wrong\n',
      0o600,
      'the broker refuses the user or the password: check the file of "credentials"',
    ],
    [
      'no colon',
      'pi\n',
      0o600,
      'credentials: expected one line USER:PASSWORD in the file, found something else',
    ],
    [
      'a file for everyone',
      `pi:${SECRET}\n`,
      0o644,
      'expected a file that other users of this machine may not read, found the rights 644',
    ],
  ])('is away for %s, until the file is right', async (_what, content, mode, message) => {
    const credentials = file('login', content, mode);
    rig.publish({ qos: 1, credentials });
    await lastError().toContain(message);
    expect(rig.status?.state).toBe('away');
    expect(JSON.stringify(rig.status)).not.toContain(SECRET);
    await rig.append([1, 0, 0, 0]);
    file('login', `pi:${SECRET}\n`);
    await expect.poll(() => rig.status?.sent, PATIENT).toBe(1);
  });

  it('gets the rows later if the password is revoked while the server is connected', async () => {
    rig.publish({ qos: 1, credentials: file('login', `pi:${SECRET}\n`) });
    await rig.connected();
    await rig.append([1, 0, 0, 0]);
    await expect.poll(() => rig.status?.sent).toBe(1);
    broker.addUser('pi', 'another');
    await configure('password_file FOLDER/users');
    await lastError().toContain('refuses the user or the password');
    await rig.append([2, 0, 0, 0], [3, 0, 0, 0]);
    file('login', 'pi:another\n');
    await expect.poll(() => rig.status?.sent, PATIENT).toBe(3);
    expect(rig.status?.dropped).toBe(0);
  });

  it('gets the rows later if the user may not write to the topic', async () => {
    file('rights', 'user pi\ntopic write house/pi/$status\n', 0o600);
    await configure('password_file FOLDER/users', 'acl_file FOLDER/rights');
    rig.publish({ qos: 1, credentials: file('login', `pi:${SECRET}\n`) });
    await rig.connected();
    await rig.append([1, 0, 0, 0]);
    await lastError().toBe('the broker does not allow this user to write to the topic');
    file('rights', 'user pi\ntopic readwrite #\n', 0o600);
    broker.reload(['password_file FOLDER/users', 'acl_file FOLDER/rights']);
    await expect.poll(() => rig.status?.sent, PATIENT).toBe(1);
    expect(rig.status?.dropped).toBe(0);
  });
});

describeWith('mosquitto', 'a broker with limits', () => {
  it('says which rows it does not get, because their messages are too large', async () => {
    await configure('allow_anonymous true', 'max_packet_size 85');
    rig.publish({ qos: 1, values: false });
    await rig.connected();
    await rig.append([1, 0, 0, 0], [2.123456, 0.123456789012345, 1_234_567_890, 0.123]);
    await rig.append([3, 0, 0, 0]);
    await expect.poll(() => rig.status, PATIENT).toMatchObject({ sent: 2, dropped: 1, state: 'connected' });
    expect(rig.status?.lastDrop?.reason).toMatch(
      /^a message to house\/pi takes \d+ bytes, and the broker takes 85 \(max_packet_size\)$/,
    );
  });

  it('gets all others if it throws messages away that it acknowledges', async () => {
    // mosquitto(8): message_size_limit; it acknowledges what it does not take.
    await configure('allow_anonymous true', 'message_size_limit 50');
    const messages = await broker.listen('house/pi');
    rig.publish({ qos: 1, values: false });
    await rig.connected();
    await rig.append([1, 0, 0, 0], [2.123456, 0.123456789012345, 1_234_567_890, 0.123]);
    await rig.append([3, 0, 0, 0]);
    // It may close the connection over it: with QoS 1 a row comes again whose acknowledgement is lost with that.
    await expect.poll(() => [...new Set(times(messages))], PATIENT).toEqual([1, 3]);
  });
});

describeWith('mosquitto', 'a connection that breaks', () => {
  it('loses no row, wherever it breaks', async () => {
    let random = 11;
    const proxy = await CuttingProxy.start(broker.port, {
      cutAfter: () => {
        random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
        return 150 + (random % 4000);
      },
    });
    const messages = await broker.listen('house/pi');
    rig.publish({ qos: 1, url: proxy.url });
    const rows = Array.from({ length: 300 }, (_, row) => [row + 1, row, row, row]);
    for (let from = 0; from < rows.length; from += 10) await rig.append(...rows.slice(from, from + 10));
    await expect.poll(() => rig.status?.behind.rows, { timeout: 30_000 }).toBe(0);
    await expect.poll(() => new Set(times(messages)).size, PATIENT).toBe(300);
    expect(proxy.cuts).toBeGreaterThan(5);
    expect(rig.status).toMatchObject({ dropped: 0, gaps: 0 });
    await rig.close();
    await proxy.close();
  }, 60_000);

  it('loses no row though the broker starts again and again', async () => {
    const lines = ['allow_anonymous true', 'persistence true', 'persistence_location FOLDER/data/'];
    await configure(...lines);
    const seen = new Set<number>();
    // The broker keeps the messages of this session while the subscriber is away.
    const subscribe = async () => {
      const client = await broker.client({ clientId: 'reader', clean: false }, (_topic, payload) =>
        seen.add(JSON.parse(payload).time),
      );
      await client.subscribeAsync('house/pi', { qos: 1 });
    };
    await subscribe();
    rig.publish({ qos: 1, values: false });
    await rig.connected();
    for (let from = 1; from <= 500; from += 50) {
      for (let row = from; row < from + 50; row += 5)
        await rig.append(...Array.from({ length: 5 }, (_, index) => [row + index, 0, 0, 0]));
      await broker.end('SIGTERM');
      await broker.begin();
      await subscribe();
    }
    await expect.poll(() => rig.status?.behind.rows, { timeout: 20_000 }).toBe(0);
    await expect.poll(() => seen.size, PATIENT).toBe(500);
    expect(rig.status).toMatchObject({ dropped: 0, gaps: 0 });
  }, 60_000);

  it('says so if another server has its identifier, and both get on', async () => {
    const other = await MqttRig.start(broker);
    const messages = await broker.listen('+/pi');
    rig.publish({ qos: 1, clientId: 'pi' });
    await rig.connected();
    other.publish({ qos: 1, clientId: 'pi', topic: 'garden/pi' });
    await lastError().toContain('when another client has the clientId pi: give each server one of its own');
    await rig.append([1, 0, 0, 0]);
    await other.append([2, 0, 0, 0]);
    const seen = () => new Set(messages.map(({ topic, payload }) => `${topic} ${JSON.parse(payload).time}`));
    await expect.poll(seen, PATIENT).toEqual(new Set(['house/pi 1', 'garden/pi 2']));
    await other.close();
  });

  it('names the broker that is not there', async () => {
    await broker.end();
    rig.publish({ qos: 1 });
    await lastError().toBe('the connection was refused: no broker listens there');
    expect(rig.status).toMatchObject({ state: 'away', to: `${broker.url} house/pi` });
  });
});

describeWith(['mosquitto', 'openssl'], 'a broker with TLS', () => {
  const openssl = (...args: readonly string[]) => execFileSync(tools.openssl!, args, { stdio: 'ignore' });

  beforeEach(async () => {
    const [key, cert] = ['broker.key', 'broker.crt'].map(name => join(broker.folder, name)) as [
      string,
      string,
    ];
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    );
    await configure('allow_anonymous true', `certfile ${cert}`, `keyfile ${key}`);
  });

  const url = () => broker.url.replace('mqtt:', 'mqtts:');

  it('takes rows from a server that knows its authority', async () => {
    rig.publish({ qos: 1, url: url(), ca: join(broker.folder, 'broker.crt') });
    await rig.connected();
    await rig.append([1, 0, 0, 0]);
    await expect.poll(() => rig.status?.sent).toBe(1);
  });

  it('is not believed without its authority', async () => {
    rig.publish({ qos: 1, url: url() });
    await lastError().toContain(
      'the certificate of the broker is of an authority that is not known: name its file with "ca"',
    );
  });
});
