import { describe, expect, it } from 'vitest';
import { ConstraintError } from '../../../../dap/constraint/index.ts';
import { planOf } from './reading.ts';

const NEEDS_INTERVAL =
  /interval after the time, such as time\/60 or time\/10minutes, in "time", found "time"/;

describe('a wrong function', () => {
  it.each([
    ['&bucket()', 1, /^"time\/1minute" as the argument of bucket, found none$/],
    ['&bucket(60)', 1, /^"time\/1minute" as the argument of bucket, found no text in quotes$/],
    ['&bucket("time/60","x")', 1, /as the argument of bucket, found more than one$/],
    ['&bucket("time/60,temperature")', 1, /as the argument of bucket, found "time\/60,temperature"$/],
    ['&bucket("time")', 1, NEEDS_INTERVAL],
    ['&bucket("")', 1, /as the argument of bucket, found an empty text$/],
    ['&orderByMax("time/60,")', 1, /as the argument of orderByMax, found "time\/60,"$/],
    ['&orderBy(",time")', 1, /^"time" as the argument of orderBy, found ",time"$/],
    [
      '&time>5&orderByMean("state")',
      8,
      /"time\/" and an interval, since rows come in the order of time, in "state"/,
    ],
    ['&orderByMean("state,time/60")', 1, /"time\/1minute" as the argument of orderByMean/],
    ['&bucket("time/")', 1, /a number, with or without a unit, after "time\/", in "time\/", found the end$/],
    [
      '&bucket("time/day")',
      1,
      /a number, with or without a unit, after "time\/", in "time\/day", found "day"$/,
    ],
    ['&bucket("time/-60")', 1, /a number, with or without a unit/],
    ['&bucket("time/5parsecs")', 1, /a unit \(milliseconds, .*\) after "time\/5", in .*, found "parsecs"$/],
    ['&bucket("time/0")', 1, /an interval of 0\.001 to 1000000000000 seconds, in "time\/0", found "0"$/],
    ['&bucket("time/1e99")', 1, /an interval of 0\.001 to/],
    ['&bucket("time/5months")', 1, /1, 2, 3, 4 or 6 months, in "time\/5months", found "5months"$/],
    ['&bucket("time/1.5years")', 1, /a whole number of years from 1 to 1000/],
    ['&bucket("time/60:x")', 1, /one number of seconds after ":", in "time\/60:x", found "x"$/],
    ['&bucket("time/60:1:2")', 1, /one number of seconds after ":", in "time\/60:1:2", found "1:2"$/],
    ['&bucket("time/60:1e99")', 1, /an offset of at most/],
    ['&bucket("time/1minute:30")', 1, /no offset: only a number of seconds can have one, as in time\/60:30/],
    ['&orderByClosest("time/60:30")', 1, /no offset: only/],
    ['&orderByMax("time/60,pressure")', 1, /^one of sensor\.time, .* for orderByMax, found "pressure"$/],
    [
      '&orderByMax("time/60,state")',
      1,
      /a column of numbers for orderByMax, found the column "state" \(String\)/,
    ],
    ['&orderByMax("time/60,time/60")', 1, /one of sensor\.time, .* for orderByMax, found "time\/60"$/],
    [
      '&orderByMax("temperature")',
      1,
      /^an interval, as in orderByMax\("time\/1hour,COLUMN"\), or an upper bound on time/,
    ],
    ['&time>5&orderByMinMax("time")', 8, /or an upper bound on time, .*, found neither$/],
    ['&orderByLimit("time/60")', 1, /^"time\/1hour,10" as the argument of orderByLimit/],
    ['&orderByLimit("10")', 1, /^"time\/1hour,10" as the argument of orderByLimit/],
    [
      '&orderByLimit("time/60,0")',
      1,
      /a number of rows from 1 to 2147483647 after the comma, in .*, found "0"$/,
    ],
    [
      'sensor[0:1:9]&orderByLimit("time/60,2")',
      14,
      /no row range beside an orderByLimit .*, found \[0:1:9\]$/,
    ],
    ['&orderBy("temperature")', 1, /"time" first, since rows come in the order of time, in "temperature"/],
    ['&orderBy("time,pressure")', 1, /one of sensor\.time, .* for orderBy, found "pressure"$/],
    ['&bucket("station.time/60")', 1, /one of sensor\.time, .* for bucket, found "station\.time"$/],
    [
      '&bucket("time/60")&orderByMean("time/60")',
      19,
      /^bucket alone, since only one function .*, found "orderByMean\("$/,
    ],
    ['bucket("time/60")', 0, /^a variable, since functions come after "&", found "bucket\("$/],
    ['&buckets("time/60")', 1, /\(did you mean bucket\?\), found "buckets\("$/],
    [
      'pressure&bucket("time/60")',
      0,
      /^one of sensor, sensor\.time, sensor\.row_count, .*, found "pressure"$/,
    ],
    ['temperature_meann&bucket("time/60")', 0, /\(did you mean (sensor\.)?temperature_mean\?\)/],
    ['temperature_mean&orderByMean("time/60")', 0, /^one of sensor, sensor\.time, sensor\.temperature, /],
  ])('%s is refused at character %i', (query, position, message) => {
    let error: unknown;
    try {
      planOf(query);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConstraintError);
    const { position: at, expected, found } = error as ConstraintError;
    expect(`${expected}, found ${found}`).toMatch(message);
    expect(at).toBe(position);
  });
});
