import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type FollowedRows, follow } from '../../../dap/client/index.ts';
import { all, rowsOf, States, take } from './collect.ts';
import { answering, station } from './opened.ts';
import { END, head, type Listening, type Row, rowBytes, wireTo } from './station.ts';

const retry = { base: 0.001, cap: 0.002 };

/** A file on a server, such as Hyrax: a Sequence of the rows that there are, which ends each time with its marker. */
class Table {
  readonly queries: string[] = [];
  readonly rows: number[][];
  readonly #columns: readonly string[];
  readonly #units: Readonly<Record<string, string>>;
  /** The answer if no row matches. */
  empty: 'an empty Sequence' | 'as ERDDAP' = 'an empty Sequence';
  server: Listening | undefined;
  readonly #requests = new EventEmitter();

  constructor(columns: readonly string[], units: Readonly<Record<string, string>>, rows: number[][]) {
    this.#columns = columns;
    this.#units = units;
    this.rows = rows;
  }

  get url(): string {
    return `${this.server!.origin}/table`;
  }

  async open(): Promise<this> {
    this.server = await answering((request, response) => {
      const [path = '', query = ''] = decodeURIComponent(request.url ?? '').split('?', 2);
      if (path.endsWith('.dds')) return response.end(head(this.#columns));
      if (path.endsWith('.das')) {
        const tables = Object.entries(this.#units).map(
          ([name, units]) => `${name} {\n String units "${units}";\n }\n`,
        );
        return response.end(`Attributes {\n sensor {\n ${tables.join('')} }\n}\n`);
      }
      this.queries.push(query);
      this.#requests.emit('request');
      const [projection = '', ...clauses] = query.split('&');
      const names = projection.replaceAll(/sensor(\[0\])?\./g, '').split(',');
      const named = projection === '' ? this.#columns : names;
      const matching = this.rows.filter(row => clauses.every(clause => this.#matches(row, clause)));
      const rows = projection.includes('[0]') ? matching.slice(0, 1) : matching;
      if (rows.length === 0 && this.empty === 'as ERDDAP') {
        response.statusCode = 404;
        return response.end(
          'Error {\n    code=404;\n    message="Not Found: Your query produced no matching results. (nRows = 0)";\n}\n',
        );
      }
      const shown = rows.map(row => rowBytes(named.map(name => row[this.#columns.indexOf(name)]!)));
      return response.end(Buffer.concat([Buffer.from(`${head(named)}Data:\n`), ...shown, END]));
    });
    return this;
  }

  /** Resolves after `count` more requests for rows. */
  async asked(count: number): Promise<void> {
    for (let request = 0; request < count; request++) await once(this.#requests, 'request');
  }

  #matches(row: readonly number[], clause: string): boolean {
    const [, name = '', operator, constant] = /^(?:sensor\.)?(\w+)([<>]=?)(.+)$/.exec(clause) ?? [];
    const [value, bound] = [row[this.#columns.indexOf(name)]!, Number(constant)];
    if (operator === '<') return value < bound;
    if (operator === '<=') return value <= bound;
    return operator === '>' ? value > bound : value >= bound;
  }
}

/** The first `count` rows of `batches`, which stays open. */
async function next(
  batches: AsyncGenerator<FollowedRows, void, undefined>,
  count: number,
): Promise<number[][]> {
  const rows: number[][] = [];
  while (rows.length < count) rows.push(...rowsOf((await batches.next()).value as FollowedRows));
  return rows;
}

describe('a table whose time column is not named time', () => {
  it.each([
    ['days since 1899-12-30 00:00:00', [45_000.25, 45_000.5, 45_001]],
    ['milliseconds since 1970-01-01', [1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_007]],
    ['hours since 2000-01-01 12:00 +01:00', [-3, 0, 7]],
    ['months since 1960-01-01', [1, 2, 3]],
  ])('is read once, then asked only for later rows, in %s', async (units, times) => {
    const rows = times.map((time, n) => [n, time]);
    const table = await new Table(['value', 'obs'], { obs: units, value: '1' }, rows.slice(0, 2)).open();
    const states = new States();
    const batches = follow(table.url, { retry, onState: states.onState });
    const first = await next(batches, 2);
    const third = batches.next();
    // It is asked for more, and has none yet.
    await states.next('connecting');
    await states.next('waiting');
    table.rows.push(rows[2]!);
    expect([...first, ...rowsOf((await third).value as FollowedRows)]).toEqual(rows);
    await batches.return();
    expect(new Set(table.queries.slice(1, 3))).toEqual(new Set([`&sensor.obs>=${times[1]}`]));
  });

  it('is asked for its time column too if the projection leaves it out', async () => {
    const rows = [1, 2, 3].map(n => [n * 10, n]);
    const table = await new Table(
      ['value', 'obs'],
      { obs: 'days since 1970-01-01' },
      rows.slice(0, 2),
    ).open();
    const batches = follow(`${table.url}?sensor.value`, { retry });
    expect(await next(batches, 2)).toEqual([[10], [20]]);
    const third = batches.next();
    table.rows.push(rows[2]!);
    expect(rowsOf((await third).value as FollowedRows)).toEqual([[30]]);
    await batches.return();
    expect(table.queries.at(-1)).toBe('sensor.value,sensor.obs&sensor.obs>=2');
  });

  it('ends once its upper bound is past, in its own units', async () => {
    const rows = [1, 2, 3].map(n => [n, n]);
    const table = await new Table(['value', 'obs'], { obs: 'days since 1970-01-01' }, rows).open();
    expect(await all(follow(`${table.url}?&obs<=2`, { retry }))).toEqual(rows.slice(0, 2));
    expect(table.queries).toHaveLength(1);
  });

  it('goes on until its bound is past in its own units, even if the same number of seconds is long past', async () => {
    const today = Math.floor(Date.now() / 86_400_000);
    const rows = [1, 2, 3].map(n => [n, today - 3 + n]);
    const table = await new Table(
      ['value', 'time'],
      { time: 'days since 1970-01-01' },
      rows.slice(0, 2),
    ).open();
    const batches = follow(`${table.url}?&time<=${today + 2}`, { retry });
    expect(await next(batches, 2)).toEqual(rows.slice(0, 2));
    table.rows.push(rows[2]!);
    expect(await next(batches, 1)).toEqual([rows[2]]);
    await batches.return();
  });

  it('continues after the rows that the caller has', async () => {
    const rows = [1, 2, 2, 2, 3].map((day, n) => [n, day]);
    const table = await new Table(['value', 'obs'], { obs: 'days since 1970-01-01' }, rows).open();
    expect(await take(3, follow(table.url, { retry, after: { time: 2 } }))).toEqual(rows.slice(2));
    expect(await take(1, follow(table.url, { retry, after: { time: 2, count: 3 } }))).toEqual(rows.slice(4));
    const projected = follow(`${table.url}?sensor.value&sensor.value>3`, { retry, after: { time: 2 } });
    expect(await take(1, projected)).toEqual([[4]]);
    expect(table.queries).toContain('sensor.value,sensor.obs&sensor.value>3&sensor.obs>=2');
  });
});

describe('a table without a time', () => {
  it('ends with its end marker', async () => {
    const table = await new Table(['value', 'other'], { value: 'm' }, [
      [1, 2],
      [3, 4],
    ]).open();
    const states = new States();
    expect(await all(follow(table.url, { retry, onState: states.onState }))).toEqual(table.rows);
    expect(table.queries).toHaveLength(1);
    expect(states.seen.at(-1)).toEqual({ state: 'ended', reason: 'the Sequence has come to its end' });
  });

  it('cannot continue after a given row', async () => {
    const table = await new Table(['value'], {}, [[1]]).open();
    await expect(all(follow(table.url, { after: { time: 1 } }))).rejects.toThrow(
      /expected a column of times, to continue after the rows that have come, found none/,
    );
  });
});

describe('a server that answers 404 where no row matches, as ERDDAP does', () => {
  it('counts as having no rows yet, and is asked again without limit', async () => {
    const table = await new Table(['value', 'time'], {}, [[1, 10]]).open();
    table.empty = 'as ERDDAP';
    const batches = follow(`${table.url}?&time>10`, { retry });
    const first = batches.next();
    await table.asked(15);
    table.rows.push([2, 20]);
    expect(rowsOf((await first).value as FollowedRows)).toEqual([[2, 20]]);
    // The row that it had is corrected: not even that is there any more.
    table.rows.pop();
    const second = batches.next();
    await table.asked(15);
    table.rows.push([3, 30]);
    expect(rowsOf((await second).value as FollowedRows)).toEqual([[3, 30]]);
    await batches.return();
  });

  it('counts as having no more rows once the bound is past', async () => {
    const table = await new Table(['value', 'time'], {}, [[1, 10]]).open();
    table.empty = 'as ERDDAP';
    expect(await all(follow(`${table.url}?&time<50`, { retry, after: { time: 20 } }))).toEqual([]);
    await expect(all(follow(`${table.url}?&time<5`, { retry }))).rejects.toThrow(/no matching results/);
  });
});

describe('several rows of one time', () => {
  const rows: Row[] = [1, 2, 2, 2, 3, 4, 4, 5].map((time, n) => [1_369_000_000 + time, n]);
  const later: Row = [2e9, 0];

  it.each([
    ['', rows],
    ['sensor[0:1:2]', rows.slice(0, 3)],
    ['sensor[0:1:5]', rows.slice(0, 6)],
  ])('come once each if the response to %j is cut at any byte', async (projection, expected) => {
    const pi = await station([...rows, later]);
    const constraint = `${projection}&sensor.time>0&sensor.time<=${rows.at(-1)![0]}`;
    for (let cut = 250; cut < 250 + head().length + rows.length * 26; cut += 5) {
      const wire = await wireTo(pi.port, connection => (connection < 3 ? cut + 20 * connection : undefined));
      const found = await all(follow(`${wire.origin}/roberrypi`, { constraint, retry }));
      expect(found, `cut after ${cut} bytes`).toEqual(expected);
      await wire.close();
    }
  });

  it('are counted from the rows that the caller has', async () => {
    const pi = await station([...rows, later]);
    const after = { time: rows[1]![0], count: 2 };
    const constraint = `&sensor.time<=${rows.at(-1)![0]}`;
    expect(await all(follow(pi.url, { constraint, after }))).toEqual(rows.slice(3));
  });
});

it.each([
  [{ time: Number.NaN }, /after\.time to be the time of a row, found NaN/],
  [{ time: 1, count: 0 }, /after\.count to be a number of rows from 1 on, found 0/],
  [{ time: 1, count: 1.5 }, /after\.count .* found 1.5/],
])('follow refuses the option after: %j', async (after, message) => {
  await expect(all(follow('http://127.0.0.1:8080/x', { after }))).rejects.toThrow(message);
});
