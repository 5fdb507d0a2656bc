import { describe, expect, it } from 'vitest';
import { type FormatOption, printConstraint } from '../../../dap/index.ts';
import { takeOptions } from '../../../server/formats/format-options.ts';

const OPTIONS: readonly FormatOption[] = [
  { name: 'header', values: ['units', 'names'], summary: 'the first line' },
  { name: 'time', values: ['iso', 'epoch', 'local'], summary: 'the times' },
];
const COLUMNS = ['time', 'temperature', 'local', 'start'];

/** The options of a query, and the rest of it. */
function taken(query: string): [string, string, string] {
  const { constraint, chosen } = takeOptions(query, OPTIONS, COLUMNS);
  return [chosen['header']!, chosen['time']!, printConstraint(constraint)];
}

describe('the options of a format', () => {
  it.each([
    ['', 'units', 'iso', ''],
    ['time,temperature&time>=5', 'units', 'iso', 'time,temperature&time>=5'],
    ['&header=names', 'names', 'iso', ''],
    ['header=names', 'names', 'iso', ''],
    ['header=names&time=epoch', 'names', 'epoch', ''],
    ['header=names&time,temperature&time>=5', 'names', 'iso', 'time,temperature&time>=5'],
    ['time=local&time>=5', 'units', 'local', '&time>=5'],
    ['time=epoch&time%3E=5&header=names', 'names', 'epoch', '&time>=5'],
    ['time,temperature&time=epoch&time<9&time=epoch', 'units', 'epoch', 'time,temperature&time<9'],
    ['%26header%3Dnames%26time%3E5', 'names', 'iso', '&time>5'],
    ['header%3Dnames%26time%3E5', 'names', 'iso', '&time>5'],
    ['time=local&bucket("time/1minute")', 'units', 'local', '&bucket("time/1minute")'],
  ])('are taken out of the query %j', (query, header, time, rest) => {
    expect(taken(query)).toEqual([header, time, rest]);
  });

  it.each([
    '&time=1700000000',
    '&time=2026-11-28',
    '&time=now',
    '&time=now-1day',
    '&time={1,2}',
    '&time!=start',
    '&time=start',
    '&sensor.time=local',
    '&time=1e9',
  ])('leave the condition %s as it is', query => {
    const [, time, rest] = taken(query);
    expect(time).toBe('iso');
    expect(rest).toMatch(/^&(sensor\.)?time!?=/);
  });

  it.each([
    ['&time=utc', 'option "time": expected one of iso, epoch, local, found "utc"'],
    ['header=none&time>5', 'option "header": expected one of units, names, found "none"'],
    ['&time=epoch&time=iso', 'option "time": expected one value, found "epoch" and "iso"'],
  ])('have no other value than the listed ones: %s', (query, message) => {
    expect(() => taken(query)).toThrow(message);
  });
});
