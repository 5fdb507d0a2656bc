import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROW_FORMATS } from '../../server/formats/list.ts';
import type { RowFormat } from '../../server/formats/row-format.ts';
import { type Serving, serving } from '../serving.ts';

/** Announces three rows of one byte each, whatever the request is. */
const THREE: RowFormat = {
  suffix: '.three',
  name: 'three',
  mediaType: 'text/plain',
  label: 'three rows',
  summary: 'for a test',
  constrainedBy: 'constraint',
  open: () => ({
    headers: { 'Content-Length': 4 },
    head: Buffer.from('3'),
    encode: (_, from = 0, to = 0) => Buffer.from('.'.repeat(to - from)),
    end: new Uint8Array(0),
    rowBytes: 1,
    rows: 3,
  }),
};
const own: RowFormat = { ...THREE, openFor: () => THREE.open(undefined as never) };

let server: Serving;
beforeAll(async () => {
  server = await serving({ interval: 0.05, rowFormats: [...ROW_FORMATS, own] });
});
afterAll(() => server.close());

const get = (query: string) => fetch(`${server.url}/host.three?${query}`);
const ended = async (reason: string) => {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const line = new RegExp(
    `^dapberry_streams_ended_total\\{dataset="host"[^}]*encoding="three"[^}]*reason="${reason}"[^}]*\\} (\\d+)$`,
    'm',
  );
  return Number(line.exec(metrics)?.[1] ?? 0);
};

describe('a response that announces the number of its rows', () => {
  it.each(['time[0:1:2]', 'time[0:1:9]', 'time'])('ends with the last of them: %s', async query => {
    expect(await (await get(query)).text()).toBe('3...');
  });

  it.each(['time[0:1:1]', '&time<2000-01-01'])('breaks off with fewer: %s', async query => {
    const answer = await get(query);
    expect(answer.headers.get('content-length')).toBe('4');
    await expect(answer.text()).rejects.toThrow('terminated');
  });

  it('counts as failed if it has fewer', async () => {
    await expect.poll(() => ended('failed')).toBe(2);
  });
});
