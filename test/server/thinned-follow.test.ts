import { afterEach, describe, expect, it } from 'vitest';
import { follow } from '../../dap/index.ts';
import { type Serving, serving } from '../serving.ts';
import { listed, rowsOf } from './thinned-rows.ts';

let server: Serving;
afterEach(() => server.close());

describe('follow', () => {
  /** A response whose body breaks off after `most` bytes. */
  async function cutOff(address: string, init: RequestInit, most: number): Promise<Response> {
    const answer = await fetch(address, init);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (!sent) controller.enqueue(bytes.slice(0, most));
        else if (bytes.length > most) controller.error(new TypeError('the wire was cut'));
        else controller.close();
        sent = true;
      },
    });
    return new Response(body, { status: answer.status, headers: answer.headers });
  }

  it.each([
    ['time,temperature', '&bucket("time/1minute")'],
    ['temperature_max', '&bucket("time/60:17")'],
    ['', '&orderByMean("time/7")'],
    ['sensor[3:2:40]', '&orderByCount("time/1minute")'],
    ['', '&orderByMinMax("time/60,temperature")'],
    ['temperature[1:3:99]', '&orderByMinMax("time/60,temperature")'],
    ['', '&orderByMax("time/60,voltage")'],
    ['', '&orderByMinMax("voltage")'],
    ['', '&orderByClosest("time/45")'],
    ['', '&orderByLimit("time/1minute,3")'],
  ])('gives the rows of %s%s once each, wherever connections break', async (names, call) => {
    server = await serving({ interval: 0 });
    // The bounds lie within intervals: the first and the last one are not whole.
    const query = `${names}&time>1000000823.5&time<=1000004377${call}`;
    const { batch: whole } = await rowsOf(server, `roberrypi.dods?${query}`);
    expect(whole.length).toBeGreaterThan(1);
    let seed = 7;
    let connections = 0;
    const given: unknown[][] = [];
    for await (const rows of follow(`${server.url}/roberrypi?${query}`, {
      retry: { base: 0 },
      fetch: (address, init) => {
        connections++;
        seed = (seed * 48_271) % 2_147_483_647;
        return cutOff(String(address), init, 150 + (seed % 900));
      },
    })) {
      given.push(...listed(rows));
    }
    expect(given).toEqual(listed(whole));
    expect(connections).toBeGreaterThan(whole.length > 20 ? 2 : 0);
  });
});
