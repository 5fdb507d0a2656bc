// Tests that feeds begin and end with the datasets and options that they belong to, and that all others go on.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredDataset } from '../../../server/dataset/stored.ts';
import { type PublishedDataset, Publisher } from '../../../server/publish/publisher.ts';
import { inMemory } from '../datasets.ts';
import { SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { Receiver } from './scripted-sink.ts';
import { temporaryFolder } from './temporary.ts';

class Station {
  readonly source = new ScriptedSource();
  readonly dataset: StoredDataset;

  constructor(name: string) {
    this.dataset = inMemory({ ...SCRIPTED, name }, this.source);
  }

  published(publish: Readonly<Record<string, unknown>>): PublishedDataset {
    return { dataset: this.dataset, publish };
  }

  append(...times: readonly number[]): Promise<void> {
    return this.source.append(times.map(time => [time, 0, 0, 0]));
  }
}

let receiver: Receiver;
let other: Receiver;
let publisher: Publisher;
let stations: Station[] = [];

beforeEach(async () => {
  receiver = new Receiver();
  other = new Receiver();
  publisher = new Publisher({
    kinds: { one: receiver.opener, two: other.opener },
    folders: [await temporaryFolder()],
    owner: 'test',
    pauses: { first: 2, longest: 10 },
    saveEvery: 0,
  });
});

afterEach(async () => {
  await publisher.close();
  await Promise.all(stations.map(({ dataset }) => dataset.close()));
  stations = [];
});

function station(name: string): Station {
  const made = new Station(name);
  stations.push(made);
  return made;
}

const states = ({ dataset }: Station) => publisher.of(dataset).map(({ kind, state }) => `${kind} ${state}`);
const connected = (one: Station, ...kinds: readonly string[]) =>
  expect.poll(() => states(one)).toEqual(kinds.map(kind => `${kind} connected`));

describe('the publisher', () => {
  it('feeds every sink of every dataset', async () => {
    const [a, b] = [station('a'), station('b')];
    publisher.update([a.published({ one: {}, two: {} }), b.published({ one: {} })]);
    await connected(a, 'one', 'two');
    await connected(b, 'one');
    await a.append(1);
    await b.append(2);
    await expect.poll(() => receiver.times.toSorted()).toEqual([1, 2]);
    await expect.poll(() => other.times).toEqual([1]);
  });

  it('lets feeds go on whose datasets and options stay the same', async () => {
    const [a, b] = [station('a'), station('b')];
    publisher.update([a.published({ one: {} }), b.published({ one: {} })]);
    await connected(a, 'one');
    await connected(b, 'one');
    publisher.update([a.published({ one: {} })]);
    await expect.poll(() => receiver.open).toBe(1);
    expect(receiver.connections).toBe(2);
    expect(publisher.of(b.dataset)).toEqual([]);
    await a.append(1);
    await expect.poll(() => receiver.times).toEqual([1]);
  });

  it('opens a sink with other options again, and loses no row', async () => {
    const a = station('a');
    publisher.update([a.published({ one: {} })]);
    await connected(a, 'one');
    await a.append(1);
    await expect.poll(() => receiver.times).toEqual([1]);
    receiver.problem = 'away';
    receiver.drop('away');
    await a.append(2);
    publisher.update([a.published({ one: { pieceRows: 7 } })]);
    await a.append(3);
    receiver.problem = undefined;
    await connected(a, 'one');
    await expect.poll(() => receiver.times).toEqual([1, 2, 3]);
    expect(publisher.of(a.dataset)[0]?.dropped).toBe(0);
  });

  it('opens a sink again when the words of its dataset change', async () => {
    const a = station('a');
    publisher.update([a.published({ one: {} })]);
    await connected(a, 'one');
    a.dataset.describe({ ...a.dataset.info, title: 'another title' });
    publisher.update([a.published({ one: {} })]);
    await expect.poll(() => receiver.connections).toBe(2);
    await expect.poll(() => receiver.open).toBe(1);
  });

  it('sends the last rows of a dataset that is removed, and goes on when it comes back', async () => {
    const before = station('a');
    publisher.update([before.published({ one: {} })]);
    await connected(before, 'one');
    await before.append(1, 2);
    await before.dataset.close();
    publisher.update([]);
    const after = station('a');
    publisher.update([after.published({ one: {} })]);
    await after.append(3);
    await expect.poll(() => receiver.times).toEqual([1, 2, 3]);
    expect(receiver.open).toBe(1);
  });

  it('makes the changes of one feed one after the other', async () => {
    const a = station('a');
    for (let change = 1; change <= 20; change += 1)
      publisher.update([a.published({ one: { pieceRows: change } })]);
    await connected(a, 'one');
    expect(receiver.open).toBe(1);
    await a.append(1);
    await expect.poll(() => receiver.times).toEqual([1]);
  });

  it('says that a kind of sink cannot be opened, and tries again', async () => {
    const a = station('a');
    publisher.update([a.published({ three: {} })]);
    await expect.poll(() => states(a)).toEqual(['three away']);
    expect(publisher.of(a.dataset)[0]?.lastError?.message).toBe('expected a kind of sink, found three');
  });

  it('begins no feed after its end', async () => {
    const a = station('a');
    publisher.update([a.published({ one: {} })]);
    await publisher.close();
    publisher.update([a.published({ two: {} })]);
    expect(other.connections).toBe(0);
    expect(receiver.open).toBe(0);
  });
});
