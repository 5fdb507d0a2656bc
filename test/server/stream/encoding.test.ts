import { describe, expect, it } from 'vitest';
import { type Batch, parseConstraint, planConstraint } from '../../../dap/index.ts';
import { describeModel } from '../../../server/dataset/describe.ts';
import { SharedEncodings } from '../../../server/stream/encoding.ts';
import { EPOCH } from '../asking.ts';
import { batchOf, CHANNELS, SCRIPTED } from '../scripted-device.ts';

const model = describeModel(SCRIPTED, CHANNELS);
const plan = (constraint: string) => planConstraint(parseConstraint(constraint), model, { now: 0 });
const rows = (...numbers: number[]) =>
  batchOf(numbers.map(number => [EPOCH + number, number, number, number]));

describe('rows that are shared', () => {
  it('are encoded once for all who ask for the same columns in the same encoding', () => {
    const encodings = new SharedEncodings(1e6);
    const one = encodings.of('dods', plan('time,b'));
    const other = encodings.of('dods', plan('sensor.time,sensor.b&time>5'));
    const batch = rows(1);
    expect(other.chunk(7, batch)).toBe(one.chunk(7, batch));
    for (const [name, constraint] of [
      ['ascii', 'time,b'],
      ['dods', 'b,time'],
      ['dods', 'time'],
    ] as const) {
      expect(encodings.of(name, plan(constraint)).chunk(7, batch)).not.toEqual(one.chunk(7, batch));
    }
  });

  it('are not taken for fewer or more or other rows', () => {
    const chunks = new SharedEncodings(1e6).of('dods', plan('time,b'));
    const shared = (position: number, batch: Batch) => chunks.chunk(position, batch).bytes;
    const stride = 16;
    const three = shared(7, rows(1, 2, 3));
    expect(three).toHaveLength(3 * stride);
    expect(shared(7, rows(1))).toEqual(three.subarray(0, stride));
    expect(shared(7, rows(1, 2))).toEqual(three.subarray(0, 2 * stride));
    expect(shared(8, rows(2))).toEqual(three.subarray(stride, 2 * stride));
    expect(shared(8, rows(2, 3))).toEqual(three.subarray(stride));
  });

  it('stay right however many ways of asking there are', () => {
    const encodings = new SharedEncodings(1e6);
    const first = encodings.of('ascii', plan('c,a'));
    const names = ['time', 'a', 'b', 'c'];
    const orders = names.flatMap(one =>
      names.flatMap(two =>
        names.flatMap(three => names.map(four => [...new Set([one, two, three, four])].join())),
      ),
    );
    const batch = rows(4);
    for (const order of orders) {
      const values = order.split(',').map(name => (name === 'time' ? EPOCH + 4 : 4));
      expect(Buffer.from(encodings.of('ascii', plan(order)).chunk(9, batch).bytes).toString()).toBe(
        `${values.join(', ')}\n`,
      );
    }
    expect(Buffer.from(first.chunk(9, batch).bytes).toString()).toBe('4, 4\n');
  });
});
