// Tests that health and metrics tell the state of feeds, and only to clients who may read all.

import { afterEach, expect, it } from 'vitest';
import type { StoredDataset } from '../../../server/dataset/stored.ts';
import { Publisher } from '../../../server/publish/publisher.ts';
import { type Serving, serving } from '../../serving.ts';
import { inMemory } from '../datasets.ts';
import { SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { Receiver } from './scripted-sink.ts';
import { temporaryFolder } from './temporary.ts';

let server: Serving;
let publisher: Publisher;

afterEach(async () => {
  await publisher.close();
  await server.close();
});

async function serve(dataset: StoredDataset, receiver: Receiver): Promise<void> {
  publisher = new Publisher({
    kinds: { test: receiver.opener },
    folders: [await temporaryFolder()],
    owner: 'test',
    pauses: { first: 2, longest: 10 },
  });
  publisher.update([{ dataset, publish: { test: {} } }]);
  server = await serving({ datasets: [dataset] });
  server.change({ publishing: one => publisher.of(one) });
}

const health = async () => (await server.app.inject('/health')).json();
const metrics = async () =>
  (await server.app.inject('/metrics')).body.split('\n').filter(line => line.startsWith('dapberry_publish_'));

it('tells the state of each feed', async () => {
  const receiver = new Receiver();
  const source = new ScriptedSource();
  await serve(inMemory(SCRIPTED, source), receiver);
  await expect.poll(async () => (await health()).datasets[0].publish?.[0]?.state).toBe('connected');
  await source.append([[1, 0, 0, 0]]);
  await expect.poll(async () => (await health()).datasets[0].publish[0].sent).toBe(1);
  expect((await health()).status).toBe('ok');
  expect(await metrics()).toEqual(
    [
      'connected 1',
      'sent_rows_total 1',
      'behind_rows 0',
      'behind_seconds 0',
      'dropped_rows_total 0',
      'gaps_total 0',
      'newest_row_timestamp_seconds 1',
    ].map(line => `dapberry_publish_${line.replace(' ', '{dataset="scripted",sink="test"} ')}`),
  );
  receiver.problem = 'no route to 192.168.7.1';
  receiver.drop('reset');
  await expect.poll(async () => (await health()).status).toBe('degraded');
  await expect
    .poll(async () => (await health()).datasets[0].publish[0].lastError.message)
    .toBe('no route to 192.168.7.1');
});

it('shows no address of another machine to clients who may not read all datasets', async () => {
  const receiver = new Receiver();
  const hidden = inMemory({ ...SCRIPTED, name: 'hidden' }, new ScriptedSource());
  await serve(inMemory({ ...SCRIPTED, isPublic: true }, new ScriptedSource()), receiver);
  server.change({
    datasets: [...server.datasets, hidden],
    access: { users: new Map(), public: [] },
  });
  const seen = await health();
  expect(seen.datasets).toHaveLength(1);
  expect(seen.datasets[0]).not.toHaveProperty('publish');
  await hidden.close();
});
