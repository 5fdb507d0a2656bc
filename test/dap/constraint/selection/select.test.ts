import { describe, expect, it } from 'vitest';
import { batchOf, planOf, type Row } from '../stations.ts';

const row = (values: Partial<Row>): Row => ({
  time: 0,
  temperature: Number.NaN,
  voltage: 0,
  count: 0,
  state: '',
  ...values,
});

/** The numbers of the rows that meet `clauses`. */
function selected(clauses: string, rows: readonly Partial<Row>[]): number[] {
  const numbers = planOf(clauses).select(batchOf(rows.map(row)));
  return numbers === undefined ? rows.map((_, index) => index) : [...numbers];
}

describe('a clause on numbers', () => {
  const rows = [-1, 0, 2.5, 3, Number.NaN, Infinity].map(temperature => ({ temperature, count: 2 }));

  it.each([
    ['temperature=3', [3]],
    ['temperature!=3', [0, 1, 2, 4, 5]],
    ['temperature<2.5', [0, 1]],
    ['temperature<=2.5', [0, 1, 2]],
    ['temperature>2.5', [3, 5]],
    ['temperature>=2.5', [2, 3, 5]],
    ['3=temperature', [3]],
    ['2.5<temperature', [3, 5]],
    ['2.5>=temperature', [0, 1, 2]],
    ['temperature=NaN', []],
    ['temperature!=NaN', [0, 1, 2, 3, 4, 5]],
    ['temperature=temperature', [0, 1, 2, 3, 5]],
    ['temperature!=temperature', [4]],
    ['temperature=inf', [5]],
    ['temperature=-0', [1]],
    ['temperature>count', [2, 3, 5]],
    ['temperature>=count', [2, 3, 5]],
    ['temperature<count', [0, 1]],
    ['count<=temperature', [2, 3, 5]],
    ['temperature={3,0,7}', [1, 3]],
    ['temperature={3}', [3]],
    ['temperature={NaN,3}', [3]],
    ['temperature!={3,0}', [0, 1, 2, 3, 4, 5]],
    ['temperature!={3,3}', [0, 1, 2, 4, 5]],
    ['temperature>{3,2}', [2, 3, 5]],
    ['temperature<{-1,0}', [0]],
    ['temperature={0,count,3}', [1, 3]],
    ['temperature>={3,count}', [2, 3, 5]],
    ['2={temperature,count}', [0, 1, 2, 3, 4, 5]],
    ['temperature>0&temperature<3', [2]],
  ])('%s keeps the rows %j', (clauses, expected) => {
    expect(selected(`&${clauses}`, rows)).toEqual(expected);
  });

  it('finds a Float32 by the digits that it prints as', () => {
    const volts = [0.1, 21.3, 5].map(voltage => ({ voltage }));
    expect(selected('&voltage=21.3', volts)).toEqual([1]);
    expect(selected('&voltage<=0.1', volts)).toEqual([0]);
    expect(selected('&voltage>0.1', volts)).toEqual([1, 2]);
    expect(selected('&21.3!=voltage', volts)).toEqual([0, 2]);
    expect(selected('&voltage={0.1,21.3}', volts)).toEqual([0, 1]);
    expect(selected('&voltage=1e300', [{ voltage: Infinity }])).toEqual([]);
  });

  it('compares the time with times', () => {
    const times = [1_795_255_199, 1_795_255_200, 1_795_258_800].map(time => ({ time }));
    expect(selected('&time>=2026-11-21T10:00:00Z', times)).toEqual([1, 2]);
    expect(selected('&time<"2026-11-21T11:00:00%2B01:00"', times)).toEqual([0]);
    expect(selected('&time={now,now%2B1hour}', times)).toEqual([1, 2]);
  });
});

describe('a clause on texts', () => {
  const rows = ['ok', 'failing', 'a"b', '', 'OK'].map(state => ({ state }));

  it.each([
    ['state="ok"', [0]],
    ['state!="ok"', [1, 2, 3, 4]],
    ['state<"b"', [2, 3, 4]],
    ['state>="failing"', [0, 1]],
    ['"failing"<=state', [0, 1]],
    ['state="a\\"b"', [2]],
    ['state={"","OK"}', [3, 4]],
    ['state!={"","OK"}', [0, 1, 2, 3, 4]],
    ['state=state', [0, 1, 2, 3, 4]],
    ['state<state', []],
    ['"ok"={state,"x"}', [0]],
  ])('%s keeps the rows %j', (clauses, expected) => {
    expect(selected(`&${clauses}`, rows)).toEqual(expected);
  });
});
