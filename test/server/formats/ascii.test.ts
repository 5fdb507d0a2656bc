import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Serving, serving } from '../../serving.ts';

let server: Serving;
beforeAll(async () => {
  server = await serving({ interval: 0 });
});
afterAll(() => server.close());

describe('rows as text', () => {
  it('are the structure, a line of names and a line a row', async () => {
    const answer = await fetch(`${server.url}/roberrypi.asc?time,voltage&time>=1e9&time<1000000002`);
    const [structure, table = ''] = (await answer.text()).split(`${'-'.repeat(45)}\n`);
    expect(structure).toBe(
      'Dataset {\n    Sequence {\n        Float64 time;\n        Float64 voltage;\n    } sensor;\n} roberrypi;\n',
    );
    const [names, ...rows] = table.trimEnd().split('\n');
    expect(names).toBe('sensor.time, sensor.voltage');
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) expect(row).toMatch(/^100000000[01](\.\d+)?, \d+(\.\d+)?$/);
  });
});
