import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { mqttBrokers } from '../../device/host/mqtt/brokers.ts';

const NOT_AUTHORIZED = 0x87;

/** A broker of MQTT 5 that accepts every connection, and each topic but `forbidden`; it says `1` at the others. */
class StrictBroker {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  connections = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', socket => this.#serve(socket));
  }

  static async start(): Promise<StrictBroker> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new StrictBroker(server);
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** The packets of these tests are shorter than 128 bytes, so that their length is one byte. */
  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    let bytes = Buffer.alloc(0);
    socket.on('data', piece => {
      bytes = Buffer.concat([bytes, piece]);
      while (bytes.length >= 2 && bytes.length >= 2 + bytes[1]!) {
        this.#answer(socket, bytes.subarray(0, 2 + bytes[1]!));
        bytes = bytes.subarray(2 + bytes[1]!);
      }
    });
  }

  #answer(socket: Socket, packet: Buffer): void {
    const [kind, , high, low] = packet as unknown as readonly [number, number, number, number];
    if (kind === 0x10) socket.write(Buffer.of(0x20, 3, 0, 0, 0));
    if (kind !== 0x82) return;
    // The properties of the packet come before its first topic.
    const start = 5 + packet[4]!;
    const topic = packet.subarray(start + 2, start + 2 + packet.readUInt16BE(start)).toString();
    const isForbidden = topic === 'forbidden';
    socket.write(Buffer.of(0x90, 4, high, low, 0, isForbidden ? NOT_AUTHORIZED : 0));
    if (isForbidden) return;
    const text = Buffer.from(topic);
    socket.write(
      Buffer.concat([Buffer.of(0x30, text.length + 4, 0, text.length), text, Buffer.of(0), Buffer.from('1')]),
    );
  }
}

let broker: StrictBroker;
afterEach(() => broker.close());

it('a topic that the broker refuses is told at its sensor, and keeps no other from its values', async () => {
  broker = await StrictBroker.start();
  const brokers = mqttBrokers(10);
  const heard: string[] = [];
  const listen = (topic: string) =>
    brokers.subscribe({ url: broker.url }, [topic], message => heard.push(message.topic));
  const [good, bad] = [listen('good'), listen('forbidden')];
  await expect.poll(() => heard).toEqual(['good']);
  await expect
    .poll(() => bad.state)
    .toEqual({
      kind: 'away',
      reason: expect.stringMatching(
        /^mqtt:\/\/127\.0\.0\.1:\d+: the broker refuses the topic forbidden: .*[Nn]ot authorized/,
      ),
    });
  expect(good.state.kind).toBe('connected');
  // One that comes later asks over the same connection.
  const later = listen('later');
  await expect.poll(() => heard).toEqual(['good', 'later']);
  expect([good.state.kind, later.state.kind, broker.connections]).toEqual(['connected', 'connected', 1]);
  await Promise.all([good, bad, later].map(subscription => subscription.close()));
});
