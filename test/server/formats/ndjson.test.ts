import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ndjson } from '../../../server/formats/ndjson.ts';
import { serving } from '../../serving.ts';
import { anyRow, closeTo } from './any-rows.ts';
import { written } from './typed-rows.ts';

const NOON = 1_795_867_200;

describe('rows as JSON lines', () => {
  it('are an object a line, with all digits, and null for no value', async () => {
    expect(
      await written(ndjson, [
        [NOON + 0.5, 20.1250001, 40.1, -2147483648, 4e9, -5, 1, 'a "b"\n'],
        [NOON + 1, Number.NaN, Number.POSITIVE_INFINITY, 0, 0, 0, 0, ''],
      ]),
    ).toBe(
      '{"time":"2026-11-28T12:00:00.5Z","temperature":20.1250001,"humidity":40.1,"count":null,"total":4000000000,"level":-5,"flag":1,"note":"a \\"b\\"\\n"}\n' +
        '{"time":"2026-11-28T12:00:01Z","temperature":null,"humidity":null,"count":0,"total":0,"level":0,"flag":0,"note":""}\n',
    );
  });

  it('have times as numbers where the query says so', async () => {
    const [line = ''] = (await written(ndjson, [[NOON, 0, 0, 0, 0, 0, 0, '']], { time: 'epoch' })).split(
      '\n',
    );
    expect(JSON.parse(line)).toMatchObject({ time: NOON });
  });

  it('are the same rows again when they are read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow(), { minLength: 1, maxLength: 8 }), async rows => {
        const lines = (await written(ndjson, rows)).trimEnd().split('\n');
        expect(lines).toHaveLength(rows.length);
        for (const [row, line] of lines.entries()) {
          const found = Object.values(JSON.parse(line)).map(value => value ?? undefined);
          closeTo(rows[row]!, found, true);
        }
      }),
    );
  });

  it('come as they are made, one a line', async () => {
    const server = await serving();
    try {
      const answer = await fetch(`${server.url}/host.ndjson?time,load_1min`);
      expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
      let text = '';
      for await (const bytes of answer.body!.pipeThrough(new TextDecoderStream())) {
        text += bytes;
        if (text.split('\n').length > 3) break;
      }
      for (const line of text.trimEnd().split('\n'))
        expect(Object.keys(JSON.parse(line))).toEqual(['time', 'load_1min']);
    } finally {
      await server.close();
    }
  });
});
