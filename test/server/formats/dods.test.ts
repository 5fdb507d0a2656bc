import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Batch, decodeAll } from '../../../dap/index.ts';
import { type Serving, serving } from '../../serving.ts';

let server: Serving;
beforeAll(async () => {
  server = await serving({ interval: 0 });
});
afterAll(() => server.close());

describe('rows as DAP2 binary data', () => {
  it('are the structure, a mark and the values of each row, and the end marker', async () => {
    const answer = await fetch(`${server.url}/roberrypi.dods?time,voltage&time>=1e9&time<1000000002`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const mark = '\nData:\n';
    const structure = bytes.subarray(0, bytes.indexOf(mark)).toString();
    expect(structure).toBe(
      'Dataset {\n    Sequence {\n        Float64 time;\n        Float64 voltage;\n    } sensor;\n} roberrypi;',
    );
    const { length, columns } = decodeAll(bytes).values[0] as Batch;
    expect(length).toBeGreaterThan(1);
    const rows = bytes.subarray(structure.length + mark.length);
    expect(rows.length).toBe(length * (4 + 8 + 8) + 4);
    for (let row = 0; row < length; row += 1) {
      expect(rows.readUInt32BE(row * 20)).toBe(0x5a000000);
      expect(rows.readDoubleBE(row * 20 + 4)).toBe(columns[0]![row]);
      expect(rows.readDoubleBE(row * 20 + 12)).toBe(columns[1]![row]);
    }
    expect(rows.readUInt32BE(length * 20)).toBe(0xa5000000);
  });
});
