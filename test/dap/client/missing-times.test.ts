import { afterEach, describe, expect, it } from 'vitest';
import { type FollowedRows, follow } from '../../../dap/client/index.ts';
import { rowsOf } from './collect.ts';
import { type Row, Station } from './station.ts';

const retry = { base: 0.001, cap: 0.002 };
const start = Math.floor(Date.now() / 1000) - 100;

const open: Station[] = [];
afterEach(async () => {
  for (const station of open.splice(0)) await station.crash();
});

/** A station whose DAS marks `fill` as a time that is missing, or which answers its DAS with a status. */
async function station(fill: number, status = 200): Promise<Station> {
  const opened = new Station();
  opened.before = ({ url }, response) => {
    if (url !== '/roberrypi.das') return false;
    response.statusCode = status;
    response.end(
      `Attributes {\n sensor {\n time {\n String units "seconds since 1970-01-01";\n Float64 _FillValue ${fill};\n }\n }\n}\n`,
    );
    return true;
  };
  open.push(await opened.open());
  return opened;
}

async function restart(pi: Station): Promise<void> {
  const { port } = pi;
  await pi.crash();
  await pi.open(port);
}

async function read(
  batches: AsyncGenerator<FollowedRows, void, undefined>,
  count: number,
): Promise<number[][]> {
  const rows: number[][] = [];
  while (rows.length < count) rows.push(...rowsOf((await batches.next()).value as FollowedRows));
  return rows;
}

describe('a time that is marked as missing', () => {
  it.each([9.969209968386869e36, -9999, 0, 99_999_999_999])(
    'such as %d is not the time that a stream resumes after',
    async fill => {
      const pi = await station(fill);
      pi.append([start, 1], [fill, 2], [start + 1, 3], [start + 2, 4], [fill, 5], [fill, 6]);
      const batches = follow(`${pi.url}?&time>=-10000`, { retry });
      const rows = await read(batches, 6);
      const [next] = [batches.next(), await restart(pi)];
      await pi.until(() => pi.queries.length > 1);
      const later: Row[] = [
        [start + 3, 7],
        [start + 4, 8],
      ];
      pi.append(...later);
      rows.push(...rowsOf((await next).value as FollowedRows));
      rows.push(...(await read(batches, 8 - rows.length)));
      expect(rows).toEqual([...pi.rows]);
      expect(pi.queries.at(-1)).toBe(`&sensor.time>=${start + 2}`);
      await batches.return();
    },
  );

  it('is not used after a second break either', async () => {
    const pi = await station(1e20);
    pi.append([start, 1], [1e20, 2]);
    const batches = follow(`${pi.url}?&time>0`, { retry });
    await read(batches, 2);
    for (const time of [start + 1, start + 2, start + 3]) {
      const next = batches.next();
      await restart(pi);
      pi.append([time, 7], [1e20, 8]);
      const rows = rowsOf((await next).value as FollowedRows);
      rows.push(...(await read(batches, 2 - rows.length)));
      expect(rows).toEqual([
        [time, 7],
        [1e20, 8],
      ]);
      expect(pi.queries.at(-1)).toBe(`&sensor.time>=${time - 1}`);
    }
    await batches.return();
  });

  it('loses no row if the server refuses its attributes and the times are correct', async () => {
    const pi = await station(0, 503);
    pi.append([1, 1], [2, 2]);
    const batches = follow(`${pi.url}?&time>0`, { retry });
    await read(batches, 2);
    const next = batches.next();
    await restart(pi);
    pi.append([3, 3]);
    expect(rowsOf((await next).value as FollowedRows)).toEqual([[3, 3]]);
    await batches.return();
  });
});
