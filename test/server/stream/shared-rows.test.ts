import { describe, expect, it } from 'vitest';
import { type Batch, parseConstraint, planConstraint } from '../../../dap/index.ts';
import { describeModel } from '../../../server/dataset/describe.ts';
import { ascii } from '../../../server/formats/ascii.ts';
import { dods } from '../../../server/formats/dods.ts';
import type { RowFormat } from '../../../server/formats/row-format.ts';
import { type SharedRows, SharedRowsByDataset } from '../../../server/stream/shared-rows.ts';
import { EPOCH } from '../asking.ts';
import { batchOf, LAYOUT, SCRIPTED } from '../scripted-source.ts';

const model = describeModel(SCRIPTED, LAYOUT);
const plan = (constraint: string) => planConstraint(parseConstraint(constraint), model, { now: 0 });
const rows = (...numbers: number[]) =>
  batchOf(numbers.map(number => [EPOCH + number, number, number, number]));

/** A dataset, as far as its rows are shared, and the end of it. */
function openDataset() {
  const end = new AbortController();
  return { end, dataset: { attributes: new Map(), closing: end.signal } };
}

const { dataset } = openDataset();

/** Shares rows of a format that needs no time to load. */
function share(shared: SharedRowsByDataset, format: RowFormat, constraint: string, of = dataset): SharedRows {
  const found = shared.of(of, format, plan(constraint));
  if (found instanceof Promise) throw new Error('expected shared rows at once');
  return found;
}

describe('rows that are shared', () => {
  it('are encoded once for all readers of the same columns in the same format', () => {
    const shared = new SharedRowsByDataset(1e6);
    const one = share(shared, dods, 'time,b');
    const other = share(shared, dods, 'sensor.time,sensor.b&time>5');
    const batch = rows(1);
    expect(other.newest(7, batch)).toBe(one.newest(7, batch));
    for (const [format, constraint] of [
      [ascii, 'time,b'],
      [dods, 'b,time'],
      [dods, 'time'],
    ] as const) {
      expect(share(shared, format, constraint).newest(7, batch)).not.toEqual(one.newest(7, batch));
    }
  });

  it('are shared within one dataset only', () => {
    const shared = new SharedRowsByDataset(1e6);
    const other = openDataset().dataset;
    expect(share(shared, dods, 'time', other)).toBe(share(shared, dods, 'time', other));
    expect(share(shared, dods, 'time', other)).not.toBe(share(shared, dods, 'time'));
  });

  it('are not sent in place of fewer, more or other rows', () => {
    const chunks = share(new SharedRowsByDataset(1e6), dods, 'time,b');
    const bytes = (position: number, batch: Batch) => chunks.newest(position, batch).bytes;
    const stride = 16;
    const three = bytes(7, rows(1, 2, 3));
    expect(three).toHaveLength(3 * stride);
    expect(bytes(7, rows(1))).toEqual(three.subarray(0, stride));
    expect(bytes(7, rows(1, 2))).toEqual(three.subarray(0, 2 * stride));
    expect(bytes(8, rows(2))).toEqual(three.subarray(stride, 2 * stride));
    expect(bytes(8, rows(2, 3))).toEqual(three.subarray(stride));
  });

  it('are correct for every order of columns', () => {
    const shared = new SharedRowsByDataset(1e6);
    const first = share(shared, ascii, 'c,a');
    const names = ['time', 'a', 'b', 'c'];
    const orders = names.flatMap(one =>
      names.flatMap(two =>
        names.flatMap(three => names.map(four => [...new Set([one, two, three, four])].join())),
      ),
    );
    const batch = rows(4);
    for (const order of orders) {
      const values = order.split(',').map(name => (name === 'time' ? EPOCH + 4 : 4));
      expect(Buffer.from(share(shared, ascii, order).newest(9, batch).bytes).toString()).toBe(
        `${values.join(', ')}\n`,
      );
    }
    expect(Buffer.from(first.newest(9, batch).bytes).toString()).toBe('4, 4\n');
  });

  it('are opened once by readers who come while the format loads its encoder', async () => {
    const slow: RowFormat = { ...dods, open: async content => dods.open(content) };
    const shared = new SharedRowsByDataset(1e6);
    const [one, other] = await Promise.all([1, 2].map(() => shared.of(dataset, slow, plan('time'))));
    expect(one).toBe(other);
  });

  it('are opened anew when the attributes of the dataset change', () => {
    const shared = new SharedRowsByDataset(1e6);
    const { dataset: one } = openDataset();
    const before = share(shared, dods, 'time', one);
    one.attributes = new Map();
    expect(share(shared, dods, 'time', one)).not.toBe(before);
  });

  it('are encoded anew where the history has corrected the times of some of them', () => {
    const shared = new SharedRowsByDataset(1e6);
    const { dataset: one } = openDataset();
    const kept = share(shared, dods, 'time,b', one);
    const numbers = Array.from({ length: kept.encoding.rowsAtOnce }, (_, index) => index);
    const served = rows(...numbers);
    const stored = batchOf(
      numbers.map(number => [EPOCH + number + (number === 7 ? 0.5 : 0), number, number, number]),
    );
    kept.block(0, served, 0);
    const wrong = kept.block(0, served, 0);
    const bytes = shared.bytesOf(one);
    expect(kept.block(0, served, 0)).toBe(wrong);
    const right = kept.block(0, stored, 0);
    expect(right?.bytes).toEqual(kept.newest(0, stored).bytes);
    expect(kept.block(0, stored, 0)).toBe(right);
    expect(shared.bytesOf(one)).toBe(bytes);
  });

  it('are freed with their blocks when the dataset closes', () => {
    const shared = new SharedRowsByDataset(1e6);
    const { dataset: one, end } = openDataset();
    const kept = share(shared, dods, 'time', one);
    const block = rows(...Array.from({ length: kept.encoding.rowsAtOnce }, (_, index) => index));
    expect(kept.block(0, block, 0)).toBeUndefined();
    expect(kept.block(0, block, 0)?.bytes.length).toBe(block.length * 12);
    expect(shared.bytesOf(one)).toBeGreaterThan(block.length * 12);
    end.abort();
    expect(shared.bytesOf(one)).toBe(0);
  });
});
