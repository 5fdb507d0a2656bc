import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csv } from '../../../server/formats/csv.ts';
import { textOfField } from '../../../server/formats/csv-rows.ts';
import { type Serving, serving } from '../../serving.ts';
import { inMemory } from '../datasets.ts';
import { SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { anyRow, closeTo } from './any-rows.ts';
import { type TypedRow, written } from './typed-rows.ts';

const NOON = 1_795_867_200;
const ROWS: readonly TypedRow[] = [
  [NOON, 20.0625, 40.1, 7, 4e9, -5, 1, 'dry'],
  [NOON + 0.25, 20.1250001, Number.NaN, -2147483648, 0, 0, 0, ''],
  [NOON + 1.000001, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 1, 2, 3, '=1+1'],
  [NOON + 2, -0.00001, -1e-9, -1, 1, 2, 3, 'a "b",\nc'],
];

describe('rows as CSV', () => {
  it('are a line of names with units, and a line a row', async () => {
    expect(await written(csv, ROWS)).toBe(`\
time,temperature (degree_Celsius),humidity (percent),count,total,level,flag,note
2026-11-28T12:00:00Z,20.0625,40.1,7,4000000000,-5,1,dry
2026-11-28T12:00:00.25Z,20.125,,,0,0,0,
2026-11-28T12:00:01.000001Z,-Infinity,Infinity,0,1,2,3,"'=1+1"
2026-11-28T12:00:02Z,0,-1e-9,-1,1,2,3,"a ""b"",
c"
`);
  });

  it('have plain names, and times as seconds, where the query says so', async () => {
    const [names, row] = (await written(csv, ROWS, { header: 'names', time: 'epoch' })).split('\n');
    expect(names).toBe('time,temperature,humidity,count,total,level,flag,note');
    expect(row).toBe('1795867200,20.0625,40.1,7,4000000000,-5,1,dry');
    const [withUnits] = (await written(csv, ROWS, { time: 'epoch' })).split('\n');
    expect(withUnits).toMatch(/^time \(seconds since 1970-01-01T00:00:00Z\),temperature \(degree_Celsius\),/);
  });

  it('are the same rows again when they are read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow(), { minLength: 1, maxLength: 8 }), async rows => {
        const [names = [], ...read] = parse(await written(csv, rows, { header: 'names' })) as string[][];
        expect([names.length, read.length]).toEqual([8, rows.length]);
        for (const [row, fields] of read.entries()) closeTo(rows[row]!, valuesOf(fields));
      }),
    );
  });
});

/** The values of one line, as a reader of tables takes them. */
function valuesOf([time, ...fields]: readonly string[]): unknown[] {
  const numbers = fields.slice(0, -1).map(field => (field === '' ? undefined : Number(field)));
  return [time, ...numbers, textOfField(fields.at(-1)!)];
}

describe('the address of CSV', () => {
  let server: Serving;
  const source = new ScriptedSource();
  beforeAll(async () => {
    server = await serving({ datasets: [inMemory(SCRIPTED, source)] });
    await source.append([
      [NOON, 1.5, 1, 0.1],
      [NOON + 60, Number.NaN, 2, 0.2],
    ]);
  });
  afterAll(() => server.close());

  it('gives a window as a file, named after it', async () => {
    const window = '&time>=2026-11-28T12:00:00Z&time<=2026-11-28T12:01:00Z';
    const answer = await fetch(`${server.url}/scripted.csv?time,a,c${window}`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="scripted_20261128T120000Z_20261128T120100Z.csv"',
    );
    expect(await answer.text()).toBe('time,a,c\n2026-11-28T12:00:00Z,1.5,0.1\n2026-11-28T12:01:00Z,,0.2\n');
  });

  it('resumes by hand behind the last time', async () => {
    const answer = await fetch(`${server.url}/past/scripted.csv?time,b&time=epoch&header=names&time>${NOON}`);
    expect(await answer.text()).toBe(`time,b\n${NOON + 60},2\n`);
  });

  it('follows new rows without an end', async () => {
    const answer = await fetch(`${server.url}/scripted.csv?a&header=names&time=iso`);
    await source.append([[NOON + 120, 7, 0, 0]]);
    let text = '';
    for await (const bytes of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += bytes;
      if (text.endsWith('7\n')) break;
    }
    expect(text).toBe('a\n7\n');
  });

  it('names the dataset in the error for an address with another suffix behind it', async () => {
    const answer = await fetch(`${server.url}/scripted.csv.dds`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain(
      'expected a dataset (scripted), found \\"scripted.csv\\"; leave out \\".csv\\": the dataset is /scripted',
    );
  });
});
