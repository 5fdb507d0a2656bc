import { describe, expect, it } from 'vitest';
import { serving } from '../serving.ts';
import { servedStation } from './served-station.ts';

describe('Arrays are refused, with a reason', () => {
  const roof = servedStation();
  const { get, message } = roof;

  it('that still runs is refused, with an address that works', async () => {
    const [status, text = ''] = await message('roof/2026-11-29.dds');
    expect([status, text]).toEqual([
      409,
      '/roof/2026-11-29: the stretch from 2026-11-29T00:00:00Z to 2026-11-30T00:00:00Z is not over: expected an end before the newest row (2026-11-29T05:14:48.25Z); the part that is over is at /roof/2026-11-29T00:00:00Z..2026-11-29T05:14:48Z',
    ]);
    const [, address] = / is at \/(\S+)$/.exec(String(text))!;
    expect((await get(`${address}.dds`)).status).toBe(200);
    expect((await message('roof/2027.dods'))[1]).not.toContain('the part');
  });

  it.each([
    [
      '2026-11-31',
      '/roof/2026-11-31: expected a date and time that exist, such as 2026-11-21T10:00:00Z (2026-11 has 30 days), found "2026-11-31"',
    ],
    [
      '2026-1',
      '/roof/2026-1: expected a UTC day (2026-11-28), month (2026-11), year (2026), or two instants (2026-11-28T06:00:00Z..2026-11-28T18:00:00Z), found "2026-1"',
    ],
    [
      '2026-11-28..2026-11-28',
      '/roof/2026-11-28..2026-11-28: expected an end after the beginning (2026-11-28T00:00:00Z), found 2026-11-28T00:00:00Z',
    ],
    [
      '2026-11-28T24:00:00Z..2026-11-30',
      '/roof/2026-11-28T24:00:00Z..2026-11-30: expected a date and time that exist, such as 2026-11-21T10:00:00Z (an hour is 00 to 23; midnight is 00:00 of the next day), found "2026-11-28T24:00:00Z"',
    ],
  ])('refuses the name %s', async (name, expected) => {
    expect(await message(`roof/${name}.dds`)).toEqual([400, expected]);
  });

  it.each([
    [
      '&time>=1',
      'constraint "&time>=1", at character 1: expected variables with index ranges alone, since Arrays have no rows to select (conditions work on the Sequence "sensor" at /roof), found a condition',
    ],
    [
      '&bucket("time/60")',
      'constraint "&bucket("time/60")", at character 1: expected variables with index ranges alone, since Arrays have no rows to select (conditions work on the Sequence "sensor" at /roof), found "bucket("',
    ],
    [
      'tempreature',
      'constraint "tempreature", at character 0: expected one of time, byte, int16, uint16, int32, uint32, float32, temperature (did you mean temperature?), found "tempreature"',
    ],
    [
      'sensor.temperature',
      'constraint "sensor.temperature", at character 0: expected one of time, byte, int16, uint16, int32, uint32, float32, temperature (did you mean temperature?), found "sensor.temperature"',
    ],
    [
      'byte,time,byte[3]',
      'constraint "byte,time,byte[3]", at character 10: expected each variable once, found "byte" again',
    ],
    ['time[0:9999]', 'constraint "time[0:9999]", at character 4: expected a stop from 0 to 6911, found 9999'],
    ['time[6912]', 'constraint "time[6912]", at character 4: expected a start from 0 to 6911, found 6912'],
    [
      'time[3][4]',
      'constraint "time[3][4]", at character 7: expected one index, for there is one dimension, found another',
    ],
    ['time[5:3]', 'constraint "time[5:3]", at character 7: expected a stop of 5 or more, found "3"'],
  ])('refuses the constraint %s', async (constraint, expected) => {
    for (const suffix of ['.dds', '.dods', '.asc'])
      expect(await message(`roof/2026-11-28${suffix}?${encodeURIComponent(constraint)}`)).toEqual([
        400,
        expected,
      ]);
  });

  it('refuses unknown datasets and suffixes', async () => {
    const [status, sentence] = await message('roof/2026-11-28.csv');
    expect(status).toBe(404);
    expect(sentence).toMatch(
      /found "\.csv"; the same rows are at \/roof\.csv\?&time>=2026-11-28T00:00:00Z&time<2026-11-29T00:00:00Z$/,
    );
    expect(await message('attic/2026-11-28.dds')).toEqual([404, 'expected a dataset (roof), found "attic"']);
    expect(await message('roof/2026-11-28.xyz')).toEqual([
      404,
      'expected one of .asc .ascii .dods .html .info .dds .das .ver .help, found ".xyz"',
    ]);
  });

  it('of a dataset on demand is refused', async () => {
    const other = await serving({ interval: 0 });
    const answer = await fetch(`${other.url}/roberrypi/2026-11-28.dds`);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining(
        'the dataset roberrypi keeps no rows, because it makes them for each client (interval 0)',
      ),
    ]);
    await other.close();
  });
});
