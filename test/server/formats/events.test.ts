import { afterEach, describe, expect, it } from 'vitest';
import { type Serving, serving } from '../../serving.ts';
import { inMemory } from '../datasets.ts';
import { type Row, SCRIPTED, ScriptedSource } from '../scripted-source.ts';

const NOON = 1_795_867_200;
const row = (second: number): Row => [NOON + second, second, second, 0.5];

let server: Serving;
let source: ScriptedSource;
afterEach(() => server.close());

async function serve(...seconds: readonly number[]): Promise<void> {
  source = new ScriptedSource();
  server = await serving({ datasets: [inMemory(SCRIPTED, source)] });
  if (seconds.length > 0) await source.append(seconds.map(row));
}

const ask = (query: string, lastId?: string) =>
  fetch(`${server.url}/scripted.events?${query}`, {
    headers: lastId === undefined ? {} : { 'Last-Event-ID': lastId },
  });

interface Received {
  readonly id: string;
  readonly data: { readonly time?: unknown; readonly b?: unknown };
}

/** The events of an answer, as the standard reads them; `until` true for the last one that is waited for. */
async function received(answer: Response, until: (event: Received) => boolean = () => false) {
  const events: Received[] = [];
  let text = '';
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      if (data !== undefined) events.push({ id: field('id')!, data: JSON.parse(data) });
    }
    if (events.some(until)) break;
  }
  return events;
}

const values = (events: readonly Received[]) =>
  events.filter(({ id }) => id !== 'end').map(({ data }) => data.b);

describe('rows as events', () => {
  it('have their time as id, and their values as JSON', async () => {
    await serve(0, 0.5);
    const answer = await ask(`a&time>=${NOON}&time<=${NOON + 0.5}`);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(await answer.text()).toBe(
      `retry: 2000

id: ${NOON} 1 <=${NOON + 0.5}
data: {"time":"2026-11-28T12:00:00Z","a":0}

id: ${NOON + 0.5} 2 <=${NOON + 0.5}
data: {"time":"2026-11-28T12:00:00.5Z","a":0.5}

id: end
event: end
data: {}

`,
    );
  });

  it('have the time alone as id where they have no end', async () => {
    await serve(0, 1);
    const events = await received(await ask(`b&time=epoch&time>=${NOON}`), ({ data }) => data.b === 1);
    expect(events).toEqual([
      { id: String(NOON), data: { time: NOON, b: 0 } },
      { id: String(NOON + 1), data: { time: NOON + 1, b: 1 } },
    ]);
  });

  it('resume behind the last one, of the past and live', async () => {
    await serve(0, 1, 2, 3);
    const answer = await ask('time,b', String(NOON + 1));
    await source.append([row(4)]);
    expect(values(await received(answer, ({ data }) => data.b === 4))).toEqual([2, 3, 4]);
  });

  it.each([
    ['time,b[0:2:6]', [0, 2, 4, 6]],
    ['b[1:1:3]&time>=2026-11-28&b!=2', [1, 3, 4]],
    [`time,b&time>=${NOON}&time<=${NOON + 5}`, [0, 1, 2, 3, 4, 5]],
    [`time,b&time>=${NOON}&time<${NOON + 6}&orderByMinMax("time/3seconds,b")`, [0, 2, 3, 5]],
  ])('resume %s after each row without a loss or a repeated row, and end for good', async (query, all) => {
    await serve(0, 1, 2, 3, 4, 5, 6, 7);
    const whole = query.includes('time>') ? query : `${query}&time>=${NOON}`;
    const events = await received(await ask(whole));
    const rows = values(events);
    expect(rows).toEqual(all);
    for (const [index, { id }] of events.entries()) {
      const answer = await ask(whole, id);
      if (id === 'end') expect([answer.status, await answer.text()]).toEqual([204, '']);
      else expect(values(await received(answer))).toEqual(rows.slice(index + 1));
    }
  });

  it('keep the end that now had at the first request', async () => {
    await serve(0);
    const query = 'time,b&time<=now-1hour';
    const [first] = await received(await ask(query), () => true);
    const end = Number(first!.id.split('<=')[1]);
    const beyond = end + 0.001;
    await source.append([[beyond, 0, 1, 0]]);
    await expect.poll(() => Date.now() / 1000 - 3600).toBeGreaterThan(beyond);
    expect(values(await received(await ask(query, first!.id)))).toEqual([]);
    expect(values(await received(await ask(query), ({ data }) => data.b === 1))).toContain(1);
  });

  it('end without the last word where the server stops, so that a client returns', async () => {
    await serve(0);
    const answer = await ask(`b&time>=${NOON}&time<now%2B1day`);
    const closed = server.close();
    const events = await received(answer);
    await closed;
    expect(events.map(({ id }) => id.split(' ')[0])).toEqual([String(NOON)]);
  });

  it('have a comment in between while no row comes, and go on behind it', { timeout: 40_000 }, async () => {
    await serve();
    const answer = await ask('b');
    let text = '';
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text === 'retry: 2000\n\n:\n\n') await source.append([row(0)]);
      if (text.endsWith('}\n\n')) break;
    }
    expect(text).toBe(`retry: 2000\n\n:\n\nid: ${NOON}\ndata: {"time":"2026-11-28T12:00:00Z","b":0}\n\n`);
  });

  it('refuse an id that is none of theirs', async () => {
    await serve(0);
    const answer = await ask('b', 'yesterday');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(
      'Last-Event-ID: expected the id of an event, such as 1795226334.25, found \\"yesterday\\"',
    );
  });
});
