import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as nap } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashPassword } from '../../server/access/password-hash.ts';
import { parseUsers } from '../../server/access/users.ts';
import { RawClient } from '../server/raw-client.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';

/** The block for nginx in docs/proxy.md, with the port of the server. */
function documentedBlock(port: number): string {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/proxy.md'), 'utf8');
  const [, block = ''] = /## nginx\n\n```\n([\s\S]*?)```/.exec(text) ?? [];
  return block.replace('127.0.0.1:8080', `127.0.0.1:${port}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describeWith('nginx', 'nginx as docs/proxy.md says', () => {
  let server: Serving;
  let nginx: ChildProcess;
  let folder: string;
  let port: number;

  beforeAll(async () => {
    const { users } = parseUsers(`anna:${await hashPassword('correct-horse')}`);
    server = await serving({ limits: { maxStreamsPerAddress: 1 }, access: { users, public: ['health'] } });
    folder = mkdtempSync(join(tmpdir(), 'dapberry-nginx-'));
    port = await freePort();
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map(name => `${name}_temp_path ${folder}/${name};`)
      .join('\n');
    const config = `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events {}
http { access_log off; ${temporary}
server { listen 127.0.0.1:${port}; ${documentedBlock(server.port)} } }`;
    writeFileSync(join(folder, 'nginx.conf'), config);
    nginx = spawn(tools.nginx!, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr']);
    const answers = () =>
      fetch(`http://127.0.0.1:${port}/sensors/health`).then(
        ({ status }) => status === 200,
        () => false,
      );
    while (!(await answers())) await nap(20);
  });
  afterAll(async () => {
    nginx.kill('SIGKILL');
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const authorization = `Basic ${Buffer.from('anna:correct-horse').toString('base64')}`;
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/sensors${path}`, { headers });

  it('passes passwords on, and pages know their address below the path', async () => {
    const refused = await ask('/roberrypi.dds');
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="dapberry", charset="UTF-8"',
    ]);
    const help = await (await ask('/roberrypi.help', { authorization })).text();
    expect(help).toContain(`http://127.0.0.1:${port}/sensors/roberrypi`);
  });

  it('passes rows on as they come, and clients cannot claim to be others', async () => {
    const stream = (claimed: string) => {
      const client = new RawClient(port);
      client.say(
        `GET /sensors/roberrypi.csv HTTP/1.1\r\nHost: pi\r\nAuthorization: ${authorization}\r\nX-Forwarded-For: ${claimed}\r\n\r\n`,
      );
      return client;
    };
    const first = stream('192.0.2.1');
    await first.until(() => first.bytes.length > 500);
    const second = stream('192.0.2.2');
    await second.until(() => second.bytes.includes('\r\n\r\n'));
    expect(second.bytes.toString('latin1')).toMatch(/^HTTP\/1\.1 503 /);
    await Promise.all([first.leave(), second.leave()]);
  });
});
