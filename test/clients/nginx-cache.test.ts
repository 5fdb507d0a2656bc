import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as nap } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import { TIMES, type TypedStation, typedRows, typedStation } from '../server/typed-station.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';

const CLIENTS = 1000;

/** The blocks of docs/caching.md, with the port of the server and the folder of the cache. */
function documentedBlocks(port: number, cache: string): readonly [http: string, location: string] {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/caching.md'), 'utf8');
  const [, path = '', location = ''] = /```\n(proxy_cache_path.*\n)\n([\s\S]*?)```/.exec(text) ?? [];
  return [
    path.replace('/var/cache/nginx/dapberry', cache),
    location.replace('127.0.0.1:8080', `127.0.0.1:${port}`),
  ];
}

describeWith('nginx', 'nginx as a cache, as docs/caching.md says', () => {
  let station: TypedStation;
  let server: Serving;
  let nginx: ChildProcess;
  let folder: string;
  let url: string;
  const asked: string[] = [];

  beforeAll(async () => {
    station = await typedStation('disk', typedRows(TIMES));
    server = await serving({ datasets: [station.dataset] });
    server.app.server.prependListener('request', ({ url: path = '' }) => void asked.push(path));
    folder = mkdtempSync(join(tmpdir(), 'dapberry-cache-'));
    const port = await freePort();
    const [http, location] = documentedBlocks(server.port, join(folder, 'cache'));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map(name => `${name}_temp_path ${folder}/${name};`)
      .join('\n');
    mkdirSync(join(folder, 'cache'));
    const config = `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events { worker_connections 4000; }
http { access_log off; ${temporary} ${http}
server { listen 127.0.0.1:${port}; ${location} } }`;
    writeFileSync(join(folder, 'nginx.conf'), config);
    nginx = spawn(tools.nginx!, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr']);
    url = `http://127.0.0.1:${port}/sensors`;
    const answers = () =>
      fetch(`${url}/health`).then(
        ({ status }) => status === 200,
        () => false,
      );
    while (!(await answers())) await nap(20);
  });
  afterAll(async () => {
    nginx.kill('SIGKILL');
    await server.close();
    await station.remove();
    rmSync(folder, { recursive: true });
  });

  it.each(['roof/2026-11-28.dods', 'roof.csv?&time>=2026-11-28&time<2026-11-29'])(
    'gives %s to a thousand clients for one request',
    async path => {
      const direct = Buffer.from(await (await fetch(`${server.url}/${path}`)).arrayBuffer());
      asked.length = 0;
      const bodies = await Promise.all(
        Array.from({ length: CLIENTS }, async () => {
          const answer = await fetch(`${url}/${path}`);
          return Buffer.from(await answer.arrayBuffer());
        }),
      );
      expect(bodies.every(body => body.equals(direct))).toBe(true);
      expect(asked.map(decodeURI)).toEqual([`/${path}`]);
    },
  );

  it('passes on rows that go on, each time', async () => {
    asked.length = 0;
    for (let row = 1; row <= 2; row += 1) {
      const answer = await fetch(`${url}/roof.csv`);
      const reader = answer.body!.getReader();
      let text = '';
      const lines = () => text.trimEnd().split('\n').length;
      const { value: head } = await reader.read();
      text += Buffer.from(head!).toString();
      const before = lines();
      await station.append(typedRows([TIMES.at(-1)! + 60 * row]));
      while (lines() === before) text += Buffer.from((await reader.read()).value!).toString();
      await reader.cancel();
    }
    expect(asked).toEqual(['/roof.csv', '/roof.csv']);
  });
});
