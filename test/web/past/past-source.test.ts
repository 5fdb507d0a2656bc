import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  encodeHeader,
  newColumn,
  parseDas,
  parseDds,
  rowEncoder,
  type Sequence,
} from '../../../dap/index.ts';
import { PastSource } from '../../../web/past/past-source.ts';
import { describeDataset } from '../../../web/stream/describe.ts';

const DAY = 86_400_000;
const stretch = { from: 1_795_867_200_000, to: 1_795_867_200_000 + DAY };
const description = describeDataset(
  parseDds('Dataset { Sequence { Float64 time; Float64 a; } s; } d;'),
  parseDas('Attributes { s { time { String units "seconds since 1970-01-01"; } } }'),
);
const signal = new AbortController().signal;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Answers for rows with a row, in intervals if they are asked for; with the status that `refuses` gives for a query, if any. */
async function serve(refuses: (query: string) => number | undefined) {
  const queries: string[] = [];
  const server = createServer((request, response) => {
    const query = decodeURIComponent(new URL(request.url ?? '', 'http://pi').search);
    queries.push(query);
    const status = refuses(query);
    if (status !== undefined) return response.writeHead(status).end();
    const columns = query.includes('bucket(') ? ['a_min', 'a_mean', 'a_max'] : ['a'];
    const fields = columns.map(name => `Float64 ${name};`).join(' ');
    const dataset = parseDds(`Dataset { Sequence { Float64 time; ${fields} } s; } d;`);
    const sequence = dataset.variables[0] as Sequence;
    const batch = { length: 1, columns: sequence.fields.map(field => newColumn(field, 1)) };
    batch.columns[0]![0] = stretch.from / 1000;
    response.write(encodeHeader(dataset));
    response.write(rowEncoder(sequence)(batch));
    return response.end(Buffer.from([0xa5, 0, 0, 0]));
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  closing.push(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/d`;
  return { source: new PastSource({ base, constraint: '' }, description, true), queries };
}

describe('the rows of the past', () => {
  it('come in intervals again after the server refused every request for a while', async () => {
    let isAway = true;
    const { source } = await serve(() => (isAway ? 404 : undefined));
    const ask = () => source.rows(stretch, source.intervalOf(stretch, 900, 1000), 1000, signal);
    await expect(ask()).rejects.toThrow('404');
    isAway = false;
    expect((await ask()).interval).toBeGreaterThan(0);
  });

  it('come whole from a server that refuses intervals alone, which is not asked for them again', async () => {
    const { source, queries } = await serve(query => (query.includes('bucket(') ? 400 : undefined));
    for (let time = 0; time < 2; time += 1) {
      const rows = await source.rows(stretch, source.intervalOf(stretch, 900, 1000), 1000, signal);
      expect(rows.interval).toBe(0);
      expect(rows.times).toEqual([stretch.from]);
    }
    expect(queries.filter(query => query.includes('bucket('))).toHaveLength(1);
  });
});
