import { afterEach, describe, expect, it } from 'vitest';
import { type Batch, decodeAll } from '../../../dap/index.ts';
import { type Serving, serving } from '../../serving.ts';
import { until } from './open-stream.ts';

let server: Serving;
afterEach(() => server.close());

describe('a finite stream', () => {
  it('ends once its upper bound on time is past', async () => {
    server = await serving();
    // A busy machine may make no row in half a second.
    await until(() => server.datasets[0]!.status().rows > 3);
    const high = Date.now() / 1000 + 0.5;
    const text = await (await fetch(`${server.url}/roberrypi.asc?time&time<${high}`)).text();
    const times = text.trim().split('\n').slice(1).map(Number).filter(Number.isFinite);
    expect(times.length).toBeGreaterThan(3);
    expect(Math.max(...times)).toBeLessThan(high);
  });

  it.each(['time<now-1second', 'time<=now', 'time<now%2B300milliseconds'])(
    'ends once no later row can match %s, without waiting a minute for the next row',
    async bound => {
      server = await serving({ interval: 60 });
      await until(() => server.datasets[0]!.status().rows > 0);
      const answer = await fetch(`${server.url}/roberrypi.dods?&${bound}`);
      const { length } = decodeAll(new Uint8Array(await answer.arrayBuffer())).values[0] as Batch;
      expect(length).toBe(bound === 'time<now-1second' ? 0 : 1);
    },
  );

  it('begins at the oldest row that can match, and continues with live rows without a gap or a repeated row', async () => {
    server = await serving({ interval: 0.02 });
    await until(() => server.datasets[0]!.status().rows >= 10);
    const answer = await fetch(`${server.url}/roberrypi.dods?time&time>now-1hour&time<now%2B1second`);
    const live = decodeAll(new Uint8Array(await answer.arrayBuffer()));
    const again = await fetch(`${server.url}/roberrypi.dods?time&time>now-1hour&time<now`);
    const past = decodeAll(new Uint8Array(await again.arrayBuffer()));
    const [first] = (live.values[0] as Batch).columns as [Float64Array];
    const [second] = (past.values[0] as Batch).columns as [Float64Array];
    expect(first.length).toBeGreaterThan(20);
    expect(second.subarray(0, first.length)).toEqual(first);
  });

  it('sends the same bytes each time for the same window of the past', async () => {
    server = await serving({ interval: 0.02 });
    await until(() => server.datasets[0]!.status().rows >= 20);
    const high = server.datasets[0]!.status().lastTime!;
    const address = `${server.url}/roberrypi.dods?&sensor.time<=${high}`;
    const [once_, again] = await Promise.all(
      [address, address].map(at => fetch(at).then(a => a.arrayBuffer())),
    );
    expect(Buffer.compare(new Uint8Array(again!), new Uint8Array(once_!))).toBe(0);
  });

  it('ends at once if no row can match', async () => {
    server = await serving({ interval: 60 });
    const answer = await fetch(`${server.url}/roberrypi.dods?&time>5&time<3`);
    expect((decodeAll(new Uint8Array(await answer.arrayBuffer())).values[0] as Batch).length).toBe(0);
  });
});

describe('interval 0', () => {
  it('gives every client rows of its own, as fast as it reads, from the time that it asks for', async () => {
    server = await serving({ interval: 0 });
    const window = 'roberrypi.dods?&time>=1000000000&time<1000086400';
    const [one, two] = await Promise.all(
      [1, 2].map(async () => new Uint8Array(await (await fetch(`${server.url}/${window}`)).arrayBuffer())),
    );
    expect(Buffer.compare(two!, one!)).toBe(0);
    const { length, columns } = decodeAll(one!).values[0] as Batch;
    expect(length).toBe(86_400);
    expect((columns[0] as Float64Array)[0]).toBe(1_000_000_000);
  });

  it('ends at times so large that a Float64 no longer tells two rows apart', async () => {
    server = await serving({ interval: 0 });
    for (const far of ['1e16', '1e300']) {
      const answer = await fetch(`${server.url}/roberrypi.dods?&time>=${far}`);
      expect((decodeAll(new Uint8Array(await answer.arrayBuffer())).values[0] as Batch).length).toBe(0);
    }
  });
});
