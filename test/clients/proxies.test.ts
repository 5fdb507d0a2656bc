import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashPassword } from '../../server/access/password-hash.ts';
import { parseUsers } from '../../server/access/users.ts';
import { CertificateFolder } from '../server/tls/certificates.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { PROXIES, RunningProxy } from './proxy-programs.ts';

for (const program of PROXIES) {
  describeWith([program.tool, 'openssl'], `${program.heading} as docs/proxy.md says`, () => {
    let server: Serving;
    let proxy: RunningProxy;
    let folder: CertificateFolder;
    const sockets: TLSSocket[] = [];

    beforeAll(async () => {
      const { users } = parseUsers(`anna:${await hashPassword('correct-horse')}`);
      server = await serving({
        limits: { maxStreamsPerAddress: 1 },
        access: { users, public: ['health'] },
        hosts: ['localhost'],
      });
      folder = new CertificateFolder();
      proxy = await RunningProxy.start(program, server.port, folder.make('proxy'));
    }, 60_000);
    afterAll(async () => {
      for (const socket of sockets) socket.destroy();
      await proxy.end();
      await server.close();
      folder.remove();
    });

    const authorization = `Basic ${Buffer.from('anna:correct-horse').toString('base64')}`;

    it('passes passwords on, and pages know their address below the path', async () => {
      const refused = await proxy.ask('/sensors/roberrypi.dds');
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([
        401,
        'Basic realm="dapberry", charset="UTF-8"',
      ]);
      const Host = `localhost:${proxy.port}`;
      const help = await proxy.ask('/sensors/roberrypi.help', { authorization, Host });
      expect(help.body).toContain(`https://localhost:${proxy.port}/sensors/roberrypi`);
      const back = await proxy.ask('/sensors/sign-in', { authorization, Host });
      expect(back.status).toBe(303);
      expect(new URL(String(back.headers['location']), `https://${Host}/sensors/sign-in`).href).toBe(
        `https://${Host}/sensors/`,
      );
      // The proxy or the server, which knows its names, refuses another one.
      expect((await proxy.ask('/sensors/health', { Host: 'evil.example' })).body).not.toContain('"uptime"');
    });

    it('passes rows on as they come, and clients cannot claim to be others', async () => {
      const stream = async (claimed: string) => {
        const socket = connect({
          port: proxy.port,
          host: '127.0.0.1',
          servername: 'localhost',
          rejectUnauthorized: false,
        });
        sockets.push(socket);
        let text = '';
        socket.setEncoding('latin1').on('data', part => {
          text += part;
        });
        socket.on('error', () => {});
        const claims = ['X-Forwarded-For', 'X-Real-IP'].map(name => `${name}: ${claimed}\r\n`).join('');
        socket.write(
          `GET /sensors/roberrypi.csv HTTP/1.1\r\nHost: localhost:${proxy.port}\r\nAuthorization: ${authorization}\r\nForwarded: for=${claimed}\r\nX-Forwarded-Prefix: /evil\r\n${claims}\r\n`,
        );
        return { text: () => text };
      };
      const first = await stream('192.0.2.1');
      // Rows of 50 bytes, 20 a second: a proxy that collects its 4 KiB or more would be silent for seconds.
      await expect
        .poll(() => first.text().split('\n').length, { timeout: 3000, interval: 20 })
        .toBeGreaterThan(20);
      let before = first.text().length;
      for (let count = 0; count < 5; count += 1) {
        await expect.poll(() => first.text().length, { timeout: 1500, interval: 10 }).toBeGreaterThan(before);
        before = first.text().length;
      }
      const second = await stream('192.0.2.2');
      await expect.poll(second.text, { timeout: 5000 }).toMatch(/^HTTP\/1\.1 503 /);
    });
  });
}
