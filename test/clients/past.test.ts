import { afterAll, beforeAll, expect, it } from 'vitest';
import { EPOCH } from '../server/asking.ts';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';
import { printedRows, run } from './programs.ts';

const ROWS = 20;

let server: Serving;
let url: string;

beforeAll(async () => {
  const source = new ScriptedSource();
  server = await serving({ datasets: [inMemory(SCRIPTED, source)] });
  url = `${server.url}/past/scripted`;
  await source.append(Array.from({ length: ROWS }, (_, number) => [EPOCH + number, number, number, number]));
});
afterAll(() => server.close());

describeWith('getdap', 'getdap below /past/', () => {
  it('ends by itself, without a row range', async () => {
    const { stdout, stderr } = await run(tools.getdap!, ['-D', '-c', 'time,a', url]);
    expect(stderr).toBe('');
    expect(printedRows(stdout)).toEqual(
      Array.from({ length: ROWS }, (_, number) => [EPOCH + number, number]),
    );
  });
});

describeWith('ncdump', 'ncdump below /past/', () => {
  it('ends by itself, without a limit', async () => {
    const { stdout } = await run(tools.ncdump!, [url]);
    const numbers = /sensor\.b = ([^;]*);/.exec(stdout)?.[1]?.split(',').map(Number);
    expect(numbers).toEqual(Array.from({ length: ROWS }, (_, number) => number));
  });
});
