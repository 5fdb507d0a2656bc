import { describe, expect, it } from 'vitest';
import { ConstraintError, RowReader } from '../../../dap/constraint/index.ts';
import { batchOf, planOf } from './stations.ts';

const START = 1_369_000_000;

/** Ten rows, a second apart; each third is warm. */
const batch = batchOf(
  Array.from({ length: 10 }, (_, index) => ({
    time: START + index,
    temperature: index % 3 === 0 ? 30 : 20,
    voltage: 5,
    count: index,
    state: 'ok',
  })),
);

/** The columns of the answer, the seconds of its rows after the start, and whether it ends with them. */
function answer(query: string): { names: string[]; seconds: number[]; ended: boolean } {
  const plan = planOf(query);
  const { batch: rows, done } = new RowReader(plan).next(batch);
  const names = plan.sequence.fields.map(field => field.name);
  const times = rows.columns[names.indexOf('time')] as Float64Array;
  return { names, seconds: Array.from(times, time => time - START), ended: done };
}

const ALL = ['time', 'temperature', 'voltage', 'count', 'state'];

describe('the constraints of real clients', () => {
  it.each([
    ['an empty query', '', ALL, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], false],
    [
      'getdap, which encodes it all',
      'sensor.time%2csensor.temperature%26sensor.time%3c1369000003',
      ['time', 'temperature'],
      [0, 1, 2],
      true,
    ],
    ['pydap, seq[0:10] of a longer one', 'sensor%5B0:1:3%5D', ALL, [0, 1, 2, 3], true],
    ['pydap, seq[5:]', 'sensor%5B5:1:9223372036854775806%5D', ALL, [5, 6, 7, 8, 9], false],
    [
      "pydap, seq['time'] > 1369000000.5, which it rounds",
      'sensor.time&sensor.time>1.369e+09',
      ['time'],
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      false,
    ],
    [
      'pydap, a range on each column',
      'sensor.time[0:1:2],sensor.count[0:1:2]',
      ['time', 'count'],
      [0, 1, 2],
      true,
    ],
    [
      'pydap, a range on one column',
      'sensor.time,sensor.temperature[0:1:2]',
      ['time', 'temperature'],
      [0, 1, 2],
      true,
    ],
    ['a range on the Sequence', 'sensor[0:9].time', ['time'], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], true],
    ['a range with a selection', 'sensor[0:1:1]&sensor.temperature>25', ALL, [0, 3], true],
    [
      'ncdump, a past window',
      'sensor.time,sensor.temperature%26sensor.time<1369000005%26sensor.time>1369000002',
      ['time', 'temperature'],
      [3, 4],
      true,
    ],
    ['a person, with names alone', 'temperature,time&count>=8', ['temperature', 'time'], [8, 9], false],
    ['a person, with a list', 'time&sensor.count={2,4}', ['time'], [2, 4], false],
  ])('%s', (_, query, names, seconds, ended) => {
    expect(answer(query)).toEqual({ names, seconds, ended });
  });

  it.each(['sensor[3:0]', 'sensor.pressure', 'sensor.time&pressure>5', 'sensor.time&sensor.time'])(
    'is refused before any row where it is wrong: %s',
    query => {
      expect(() => planOf(query)).toThrow(ConstraintError);
    },
  );
});
