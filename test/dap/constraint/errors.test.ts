import { describe, expect, it } from 'vitest';
import { ConstraintError, parseConstraint, printConstraint } from '../../../dap/constraint/index.ts';
import { planConstraint } from '../../../dap/constraint/plan/plan.ts';
import { NOW, planOf, stations } from './stations.ts';

const NEXT_NAME = '",", "&" before a condition, or the end';
const OPERATOR = 'an operator (=, !=, <, <=, > or >=)';
const UNIT = 'a unit (milliseconds, seconds, minutes, hours, days, weeks, months or years)';
const REAL_DATE = 'a date and time that exist, such as 2026-11-21T10:00:00Z';
const DATE = 'a date and time such as 2026-11-21T10:00:00Z';
const NAMES = 'one of sensor, sensor.time, sensor.temperature, sensor.voltage, sensor.count, sensor.state';
const VALUES =
  'one of sensor.time, sensor.temperature, sensor.voltage, sensor.count, sensor.state, a number, or a text in quotes';
const NO_FUNCTION = 'a variable, since functions come after "&"';
const NO_VALUE = 'a column, a number, or a text in quotes, since no function gives a value to compare';
const FUNCTIONS =
  'a comparison, or one of the functions bucket, orderBy, orderByClosest, orderByCount, orderByLimit, orderByMax, orderByMean, orderByMin, orderByMinMax';
const NO_PATTERN =
  '=, !=, <, <=, > or >= for a text (regular expressions are not supported: one can take unlimited time)';
const DIGITS = 'two hexadecimal digits after "%"';

/** A wrong expression, the position of its error, the expected and the found text. */
const WRONG: readonly (readonly [query: string, position: number, expected: string, found: string])[] = [
  ['%', 0, DIGITS, '"%"'],
  ['%z', 0, DIGITS, '"%z"'],
  ['%2', 0, DIGITS, '"%2"'],
  ['%zz', 0, DIGITS, '"%zz"'],
  ['sensor.time&time>%G1', 17, DIGITS, '"%G1"'],
  ['%ff', 0, 'percent-escapes that are UTF-8', '"%ff"'],
  ['%c3%28', 0, 'percent-escapes that are UTF-8', '"%c3%28"'],
  ['time%00', 4, NEXT_NAME, '"\\u0000"'],
  ['sensor.', 7, 'a name', 'the end'],
  ['sensor..time', 7, 'a name', '".time"'],
  ['.time', 0, 'a name', '".time"'],
  ['sensor.time,', 12, 'a name', 'the end'],
  [',sensor.time', 0, 'a name', '","'],
  ['sensor.time,,temperature', 12, 'a name', '","'],
  ['sensor.time temperature', 12, NEXT_NAME, '"temperature"'],
  ['sensor.time;temperature', 11, NEXT_NAME, '";temperature"'],
  ['"sensor.time"', 0, 'a name', '"""'],
  ['(time)', 0, 'a name', '"("'],
  ['time)', 4, NEXT_NAME, '")"'],
  ['time]', 4, NEXT_NAME, '"]"'],
  ['time}', 4, NEXT_NAME, '"}"'],
  ['sensor.time>5', 11, NEXT_NAME, '">"'],
  ['sensor.time&', 12, 'a value', 'the end'],
  ['&&time>5', 1, 'a value', '"&"'],
  ['&time>5&', 8, 'a value', 'the end'],
  ['&time', 5, OPERATOR, 'the end'],
  ['&time>', 6, 'a value', 'the end'],
  ['sensor.time&sensor.time>', 24, 'a value', 'the end'],
  ['&time>>5', 6, 'a value', '">"'],
  ['&time==5', 6, 'a value', '"="'],
  ['&time~="x"', 5, OPERATOR, '"~"'],
  ['&time=>5', 6, 'a value', '">"'],
  ['&time<>5', 6, 'a value', '">"'],
  ['&>5', 1, 'a value', '">"'],
  ['&time>5 6', 8, '"&" or the end', '"6"'],
  ['&time>5,6', 7, '"&" or the end', '","'],
  ['&time>{}', 7, 'a value', '"}"'],
  ['&time>{5', 8, '"," or "}"', 'the end'],
  ['&time>{5,}', 9, 'a value', '"}"'],
  ['&time>{5 6}', 9, '"," or "}"', '"6"'],
  ['&time>{5,{6}}', 9, 'a value', '"{"'],
  ['&{5,6}<time', 1, 'a value', '"{"'],
  ['&time[0]>5', 5, 'no index in a comparison: a row range belongs to a requested variable', '"["'],
  ['&state="a', 9, 'the closing quote', 'the end'],
  ['&state="a\\"', 11, 'the closing quote', 'the end'],
  ["&state='a'", 7, 'a value', '"\'a\'"'],
  ['time[', 5, 'a row number', 'the end'],
  ['time[0', 6, '":" or "]"', 'the end'],
  ['time[]', 5, 'a row number', '"]"'],
  ['time[-1]', 5, 'a row number', '"-1"'],
  ['time[1.5]', 5, 'a row number', '"1.5"'],
  ['time[a]', 5, 'a row number', '"a"'],
  ['time[0:]', 7, 'a row number', '"]"'],
  ['time[3:0]', 7, 'a stop of 3 or more', '"0"'],
  ['time[0:0:9]', 7, 'a stride from 1 to 9007199254740991', '"0"'],
  ['time[0:-1:9]', 7, 'a row number', '"-1"'],
  ['time[0:1:2:3]', 10, '"]"', '":"'],
  ['time[*:5]', 6, '"]"', '":"'],
  ['time[0:*:5]', 8, '"]"', '":"'],
  ['time[5:1:3]', 9, 'a stop of 5 or more', '"3"'],
  ['time[9007199254740992]', 5, 'a first row up to 9007199254740991', '"9007199254740992"'],
  ['time[0][1]', 7, 'one index, for the rows are one dimension', 'another'],
  ['mean(time', 9, '"," or ")"', 'the end'],
  ['mean(time,)', 10, 'a value', '")"'],
  ['mean(time))', 10, NEXT_NAME, '")"'],
  ['sensor.mean(time)', 0, 'the name of a function before "("', '"sensor.mean"'],
  ['time[0](5)', 0, 'the name of a function before "("', '"time"'],
  ['&time>now-', 10, 'a number of units', 'the end'],
  ['&time>now+day', 10, 'a number of units', '"day"'],
  ['&time>now-5', 11, UNIT, 'the end'],
  ['&time>now-5parsecs', 11, UNIT, '"parsecs"'],
  ['&time>now-1.5months', 10, 'a whole number of months or years', '"1.5months"'],
  ['&time>2026-13-01', 6, `${REAL_DATE} (a month is 01 to 12)`, '"2026-13-01"'],
  ['&time>2026-02-30', 6, `${REAL_DATE} (2026-02 has 28 days)`, '"2026-02-30"'],
  ['&time>2026-1-1', 6, DATE, '"2026-1-1"'],
  [
    '&time>2026-11-21T25:00:00Z',
    6,
    `${REAL_DATE} (an hour is 00 to 23; midnight is 00:00 of the next day)`,
    '"2026-11-21T25:00:00Z"',
  ],
  ['&time>2026-11-21T10:00:00+2', 6, DATE, '"2026-11-21T10:00:00+2"'],
  ['pressure', 0, NAMES, '"pressure"'],
  ['sensor.temprature', 0, `${NAMES} (did you mean sensor.temperature?)`, '"sensor.temprature"'],
  ['sensor.time.x', 0, `${NAMES} (did you mean sensor.time?)`, '"sensor.time.x"'],
  ['tiem', 0, `${NAMES} (did you mean time?)`, '"tiem"'],
  ['time,temp', 5, `${NAMES} (did you mean temperature?)`, '"temp"'],
  ['roberrypi.sensor.time', 0, NAMES, '"roberrypi.sensor.time"'],
  ['sensor.time&humidity>5', 12, VALUES, '"humidity"'],
  ['&state=OK', 7, VALUES, '"OK"'],
  ['&time>soon', 6, VALUES, '"soon"'],
  ['&sensor>5', 1, VALUES, 'the whole Sequence "sensor"'],
  ['&sensor.time>"yesterday"', 13, DATE, '"yesterday"'],
  ['mean(temperature)', 0, NO_FUNCTION, '"mean("'],
  ['&distinct()', 1, FUNCTIONS, '"distinct("'],
  ['&mean(temperature)>5', 1, NO_VALUE, '"mean("'],
  ['&time>max(time)', 6, NO_VALUE, '"max("'],
  ['&orderByMeen("time/60")', 1, `${FUNCTIONS} (did you mean orderByMean?)`, '"orderByMeen("'],
  ['&state=5', 7, 'a text in quotes beside the column "state" (String)', 'the number 5'],
  ['&state>now', 7, 'a text in quotes beside the column "state" (String)', 'the time now'],
  ['&temperature>"5"', 13, 'a number beside the column "temperature" (Float64)', 'the text "5"'],
  [
    '&temperature="2026-11-21"',
    13,
    'a number beside the column "temperature" (Float64)',
    'the text "2026-11-21"',
  ],
  [
    '&temperature>now-1hour',
    13,
    'a number beside the column "temperature" (Float64), since only "time" holds times',
    'the time now-1hour',
  ],
  [
    '&count=2026-11-21',
    7,
    'a number beside the column "count" (Int32), since only "time" holds times',
    'the time 2026-11-21',
  ],
  ['&5="5"', 3, 'a number beside the number 5', 'the text "5"'],
  ['&temperature={5,"6"}', 16, 'a number beside the column "temperature" (Float64)', 'the text "6"'],
  [
    '&temperature=state',
    13,
    'a number beside the column "temperature" (Float64)',
    'the column "state" (String)',
  ],
  ['&time=~"5"', 1, 'a text before =~', 'the column "time" (Float64)'],
  ['&5=~"5"', 1, 'a text before =~', 'the number 5'],
  ['&state=~"^o"', 1, NO_PATTERN, '"=~"'],
  ['time&"a"=~"a"', 5, NO_PATTERN, '"=~"'],
  ['&count>5&state=~{"a","("}', 9, NO_PATTERN, '"=~"'],
  ['&state=~humidity', 8, VALUES, '"humidity"'],
  ['sensor[0:3].time[0:4]', 16, '[0:1:3], as before: all indices mean rows of the one Sequence', '[0:1:4]'],
  [
    'sensor[0:9].time,temperature[0:2:9]',
    28,
    '[0:1:9], as before: all indices mean rows of the one Sequence',
    '[0:2:9]',
  ],
  ['time[*],temperature[0:9]', 19, '[*], as before: all indices mean rows of the one Sequence', '[0:1:9]'],
];

function errorOf(query: string): ConstraintError {
  try {
    planOf(query);
  } catch (error) {
    if (error instanceof ConstraintError) return error;
    throw error;
  }
  throw new Error(`${query} is not wrong`);
}

describe('a wrong constraint', () => {
  it.each(WRONG)('%s, at character %i', (query, position, expected, found) => {
    const error = errorOf(query);
    expect(error).toMatchObject({ name: 'ConstraintError', position, expected, found });
    expect(error.message).toBe(
      `constraint "${error.expression.replace('\0', '\\u0000')}", at character ${position}: expected ${expected}, found ${found}`,
    );
  });

  it('is pointed at in the decoded text', () => {
    expect(errorOf('sensor.time%26sensor.time%3E')).toMatchObject({
      expression: 'sensor.time&sensor.time>',
      position: 24,
      expected: 'a value',
      found: 'the end',
    });
    expect(errorOf('%73ensor.tme')).toMatchObject({ expression: 'sensor.tme', position: 0 });
  });

  it('is shown around the place where it goes wrong, on one line', () => {
    const error = errorOf(`&state="${'x'.repeat(500)}\n"&time>\n${' '.repeat(200)}soon`);
    expect(error.message).toMatch(/^constraint "\.\.\. {60}soon", at character 717: /);
    expect(errorOf(`&state="\n\u2028"&pressure>5`).message).toContain('state="\\u000a\\u2028"&');
    expect(errorOf('x'.repeat(1000)).found).toBe(`"${'x'.repeat(37)}..."`);
  });

  it('is pointed at in its printed text where it was never read', () => {
    const { projections } = parseConstraint('time,pressure');
    const made = { projections: [...projections], selections: [] };
    expect(() => planConstraint(made, stations, { now: NOW })).toThrow(
      'constraint "time,pressure", at character 5: expected one of sensor, ',
    );
    expect(printConstraint(made)).toBe('time,pressure');
  });

  it('lists twenty names at most', () => {
    const fields = Array.from(
      { length: 30 },
      (_, index) => ({ type: 'Float64', name: `c${index}` }) as const,
    );
    const wide = { name: 'wide', variables: [{ type: 'Sequence', name: 's', fields }] } as const;
    expect(() => planConstraint(parseConstraint('nothing'), wide, { now: NOW })).toThrow(
      /one of s, s\.c0, .*, s\.c18, \.\.\. \(31 in all\), found "nothing"/,
    );
  });
});
