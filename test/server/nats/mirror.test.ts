// Tests a gateway of another region: it reads mirrors of the streams at a server of its own, set up as docs/scale.md says.

import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { afterEach, expect, it } from 'vitest';
import { follow } from '../../../dap/client/index.ts';
import { Fleet } from '../../../server/nats/fleet.ts';
import { freePort } from '../../free-port.ts';
import { serving } from '../../serving.ts';
import { describeWith } from '../../tools.ts';
import { now, rowsFrom, STREAM, sinkOf, sinkRows } from './fleet.ts';
import { NatsServer } from './nats-server.ts';

const PAGE = resolve(import.meta.dirname, '../../../docs/scale.md');

const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** A block of the page, which begins with this line. */
async function documented(first: string): Promise<string> {
  const text = await readFile(PAGE, 'utf8');
  const block = text.split('```').find(part => part.includes(first));
  if (block === undefined) throw new Error(`expected a block with ${first} in docs/scale.md, found none`);
  return block.slice(block.indexOf('\n') + 1);
}

/** A server with a documented block in its configuration. */
async function server(block: string, port: number): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'region-'));
  const config = block
    .replace('/var/lib/nats', `${folder}/store`)
    .replace('0.0.0.0:7422', `127.0.0.1:${port}`)
    .replace('hub.example.org:7422', `127.0.0.1:${port}`);
  const started = await NatsServer.start({ config, folder, jetstream: false });
  opened.push({ close: () => started.remove() });
  return started;
}

describeWith('nats-server', 'a gateway of another region', () => {
  it('gives each row once, also over a restart of the server that it mirrors', async () => {
    const port = await freePort();
    const hub = await server(await documented('domain: hub'), port);
    const rows = rowsFrom(now() - 100, 30);
    const publish = async (from: number, to: number) => {
      const session = await (await sinkOf([hub.url])).connect(AbortSignal.timeout(15_000));
      await session.send(sinkRows(rows.slice(from, to)), AbortSignal.timeout(15_000), () => {});
      await session.close();
    };
    await publish(0, 10);

    const region = await server(await documented('domain: north'), port);
    const connection = await connect({ servers: region.url });
    opened.push(connection);
    for (const name of [STREAM, `${STREAM}_layouts`]) {
      const mirror = (await documented('"mirror"')).replaceAll('"fleet"', `"${name}"`);
      const reply = await connection.request(`$JS.API.STREAM.CREATE.${name}`, mirror);
      expect(reply.json()).toMatchObject({ config: { name } });
    }

    const fleet = new Fleet(
      {
        nats: { servers: [region.url], stream: STREAM },
        pattern: '*',
        bounds: { rows: 10_000, bytes: 32 * 1024 ** 2, age: 3600 },
        rest: 60,
        isPublic: false,
      },
      () => false,
    );
    opened.push(fleet);
    await expect.poll(() => fleet.datasets.map(({ info }) => info.name)).toEqual(['roof']);
    const gateway = await serving({ datasets: fleet.datasets });
    opened.push(gateway);
    const found: number[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      const constraint = `&time>=${rows[0]![0]}`;
      for await (const { columns } of follow(`${gateway.url}/roof`, { constraint, signal: stop.signal }))
        found.push(...(columns[0] as Float64Array));
    })().catch(() => undefined);
    const times = (to: number) => rows.slice(0, to).map(([time]) => time);
    await expect.poll(() => found).toEqual(times(10));
    await publish(10, 20);
    await expect.poll(() => found).toEqual(times(20));
    await hub.stop('SIGKILL');
    await hub.start();
    await publish(20, 30);
    while (found.length < 30) await delay(50);
    expect(found).toEqual(times(30));
    stop.abort();
    await reading;
  }, 90_000);
});
