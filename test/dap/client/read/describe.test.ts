import { describe, expect, it } from 'vitest';
import { describe as describeDataset } from '../../../../dap/client/index.ts';
import { attributeTable, attributeText } from '../../../../dap/model/attributes.ts';
import { answering } from '../opened.ts';
import { head, serve } from '../station.ts';

const das =
  'Attributes {\n    sensor {\n        temperature {\n            String units "degree_Celsius";\n        }\n    }\n}\n';

describe('describe', () => {
  it('gives the variables and the attributes of a dataset', async () => {
    const asked: string[] = [];
    const server = await answering((request, response) => {
      asked.push(request.url ?? '');
      response.end(request.url === '/roberrypi.dds' ? head() : das);
    });
    const { dataset, attributes } = await describeDataset(`${server.origin}/roberrypi`);
    expect(dataset.name).toBe('roberrypi');
    expect(dataset.variables[0]).toMatchObject({ type: 'Sequence', name: 'sensor' });
    expect(attributeText(attributeTable(attributes, 'sensor', 'temperature'), 'units')).toBe(
      'degree_Celsius',
    );
    expect(asked).toEqual(['/roberrypi.dds', '/roberrypi.das']);
  });

  it('sends the constraint with the DDS, for the address of any response', async () => {
    const asked: string[] = [];
    const server = await answering((request, response) => {
      asked.push(decodeURIComponent(request.url ?? ''));
      response.end(request.url?.startsWith('/.dds') ? head(['time']) : das);
    });
    const { dataset } = await describeDataset(`${server.origin}/.html?sensor.time`);
    expect(dataset.variables[0]).toMatchObject({ fields: [{ name: 'time' }] });
    expect(asked).toEqual(['/.dds?sensor.time', '/.das']);
  });

  it.each([
    [404, 'Error {\n    code = 12;\n    message = "gone";\n};\n', { name: 'DapError', code: 12 }],
    [404, 'Error {\n    message = "gone";\n};\n', { name: 'DapError', code: 404 }],
    [503, 'Error {\n    code = 503;\n    message = "busy";\n};\n', { name: 'DapError', code: 503 }],
    [404, 'nothing here', { name: 'ResponseError', status: 404 }],
    [502, '', { name: 'ResponseError', status: 502 }],
    [200, 'Error {\n    message = "gone";\n};\n', { name: 'DapError', code: 200 }],
    [200, '<html></html>', { name: 'ResponseError', status: 200 }],
    [200, 'Dataset {\n    Float64 time;', { name: 'ResponseError' }],
  ])('rejects for status %i with %j, and names the address', async (status, body, expected) => {
    const server = await answering((_request, response) => {
      response.statusCode = status;
      response.end(body);
    });
    const failure = await describeDataset(`${server.origin}/roberrypi`).catch((error: unknown) => error);
    expect(failure).toMatchObject(expected);
    expect(String(failure)).toContain(`${server.origin}/roberrypi`);
  });

  it('rejects if no server answers', async () => {
    const server = await serve(() => {});
    await server.close();
    const asking = describeDataset(`${server.origin}/roberrypi`);
    await expect(asking).rejects.toThrow(`${server.origin}/roberrypi: `);
    await expect(asking).rejects.toMatchObject({ name: 'ResponseError', status: undefined });
  });

  it('rejects if the server sends nothing', async () => {
    const server = await answering(() => {});
    await expect(describeDataset(server.origin, { silence: 0.1 })).rejects.toThrow('no byte for 0.1 s');
  });

  it('does not read a description without end', async () => {
    const server = await answering(async (_request, response) => {
      response.write('Dataset {\n');
      const line = '    Float64 a_column_with_a_very_long_name;\n'.repeat(1000);
      while (!response.destroyed) {
        response.write(line);
        await new Promise(setImmediate);
      }
    });
    await expect(describeDataset(server.origin)).rejects.toThrow(/at most 16777216 bytes/);
  });

  it('ends when its signal aborts', async () => {
    const controller = new AbortController();
    const server = await answering(() => controller.abort(new Error('enough')));
    await expect(describeDataset(server.origin, { signal: controller.signal })).rejects.toThrow('enough');
  });
});
