// Stands between a client and a broker in tests: cuts connections after some bytes, and may know no MQTT 5.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface ProxyOptions {
  /** The bytes, in both directions together, after which a connection is cut; undefined for no cut. */
  readonly cutAfter?: () => number | undefined;
  /** Refuses MQTT 5 as a broker does that knows 3.1.1 alone. */
  readonly isOld?: boolean;
}

/** CONNACK of MQTT 3.1.1 with the return code 1, unacceptable protocol version (section 3.2.2.3). */
const UNACCEPTABLE_VERSION = Buffer.from([0x20, 2, 0, 1]);

export class CuttingProxy {
  connections = 0;
  cuts = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port: number, { cutAfter, isOld = false }: ProxyOptions): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on('connection', client => {
      proxy.connections += 1;
      const broker = connect(port, '127.0.0.1');
      let left = cutAfter?.() ?? Number.POSITIVE_INFINITY;
      const both = [client, broker];
      const end = () => {
        for (const socket of both) {
          proxy.#sockets.delete(socket);
          socket.destroy();
        }
      };
      const forward = (from: Socket, to: Socket) =>
        from.on('data', data => {
          // The level of the protocol stands behind its name (MQTT 3.1.1, section 3.1.2.2).
          const name = data.indexOf('MQTT');
          if (isOld && from === client && name > 0 && name < 8 && data[name + 4] === 5) {
            client.end(UNACCEPTABLE_VERSION);
            broker.destroy();
            return;
          }
          if (data.length > left) {
            proxy.cuts += 1;
            to.write(data.subarray(0, left));
            end();
            return;
          }
          left -= data.length;
          to.write(data);
        });
      forward(client, broker);
      forward(broker, client);
      for (const socket of both) {
        proxy.#sockets.add(socket);
        socket.on('error', end).on('close', end);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
