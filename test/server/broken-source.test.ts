import { afterEach, describe, expect, it } from 'vitest';
import { OnDemandDataset } from '../../server/dataset/on-demand.ts';
import type { OnDemandSource } from '../../server/source/row-source.ts';
import { type Serving, serving } from '../serving.ts';
import { EPOCH } from './asking.ts';
import { inMemory } from './datasets.ts';
import { openStreams } from './holdings.ts';
import { RawClient } from './raw-client.ts';
import { batchOf, LAYOUT, SCRIPTED, ScriptedSource } from './scripted-source.ts';

let server: Serving;
const clients: RawClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map(one => one.leave()));
  await server.close();
});

function asking(path: string): RawClient {
  const made = new RawClient(server.port).ask(path);
  clients.push(made);
  return made;
}

const row = (number: number) => [EPOCH + number, number, number, number];

describe('a source that breaks', () => {
  it('ends no stream as if it were whole, and keeps none from the rows that were there', async () => {
    const device = new ScriptedSource();
    const dataset = inMemory(SCRIPTED, device);
    server = await serving({ datasets: [dataset] });
    const live = asking('/scripted.dods');
    const until = asking(`/scripted.dods?&time<${EPOCH + 9}`);
    await until.until(() => until.answers[0]!.body.length > 0);
    await live.until(() => live.answers[0]!.body.length > 0);
    await device.append([row(1), row(2), row(3)]);
    device.fail(new Error('the bus is gone'));
    for (const one of [live, until]) {
      await one.end();
      const [{ body, complete }] = one.answers as [(typeof one.answers)[0]];
      expect(complete).toBe(false);
      // The rows that were there have come, and nothing behind them.
      expect((body.length - body.indexOf('Data:\n') - 6) / 28).toBe(3);
    }
    const health = (await server.app.inject('/health')).json<{ status: string; datasets: unknown[] }>();
    expect(health).toMatchObject({ status: 'degraded', datasets: [{ failure: 'the bus is gone' }] });
    await expect.poll(() => openStreams(server)).toBe(0);
  });

  it('of rows that are made for each reader breaks its stream off as well', async () => {
    const source: OnDemandSource = {
      layout: LAYOUT,
      delivery: { kind: 'on-demand' },
      isClocked: false,
      status: { kind: 'plain' },
      async *rows() {
        yield batchOf([row(1), row(2)]);
        throw new Error('the file is cut short');
      },
      close: async () => {},
    };
    server = await serving({ datasets: [new OnDemandDataset(SCRIPTED, source)] });
    const one = asking(`/scripted.dods?&time<${EPOCH + 9}`);
    await one.end();
    const [{ body, complete }] = one.answers as [(typeof one.answers)[0]];
    expect(complete).toBe(false);
    expect((body.length - body.indexOf('Data:\n') - 6) / 28).toBe(2);
    await expect.poll(() => openStreams(server)).toBe(0);
  });
});
