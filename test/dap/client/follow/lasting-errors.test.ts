import { describe, expect, it } from 'vitest';
import { type FollowOptions, follow, ResponseError } from '../../../../dap/client/index.ts';
import { DapError } from '../../../../dap/model/error.ts';
import { all, States } from '../collect.ts';
import { answering } from '../opened.ts';
import { head, type Row, responseBytes } from '../station.ts';

const five: Row[] = [1, 2, 3, 4, 5].map(n => [1369000000.125 + n, 20 + n / 10]);
const atOnce = { retry: { base: 0 } } satisfies FollowOptions;

describe('a lasting error is thrown', () => {
  it.each([400, 401, 403, 404, 410, 501])(
    'status %i, with the address and the Error object',
    async status => {
      const server = await answering((_request, response) => {
        response.statusCode = status;
        response.end('Error {\n    message = "no \\"such\\" thing";\n};\n');
      });
      const failure = await all(follow(`${server.origin}/roberrypi`)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DapError);
      expect(failure).toMatchObject({
        code: status,
        message: `${server.origin}/roberrypi.dods: no "such" thing`,
      });
    },
  );

  it('a 500 with an Error object, but not one without', async () => {
    const server = await answering((request, response) => {
      response.statusCode = 500;
      response.end(
        request.url?.includes('wrong') ? 'Error {\n    code = 7;\n    message = "no";\n};' : 'oops',
      );
    });
    await expect(all(follow(`${server.origin}/wrong`))).rejects.toMatchObject({ name: 'DapError', code: 7 });
    const retried = all(follow(`${server.origin}/oops`, { retry: { base: 0, attempts: 3 } }));
    await expect(retried).rejects.toMatchObject({ name: 'ResponseError', status: 500 });
  });

  it('a refusal of another kind, with its status', async () => {
    const server = await answering((_request, response) => {
      response.statusCode = 404;
      response.end('<html>nothing here</html>');
    });
    const failure = await all(follow(`${server.origin}/roberrypi`)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ResponseError);
    expect(failure).toMatchObject({ status: 404, address: `${server.origin}/roberrypi.dods` });
    expect(String(failure)).toContain(`${server.origin}/roberrypi.dods: expected HTTP status 200, found 404`);
  });

  it.each([
    [
      'a page',
      '<!doctype html><title>Log in</title>',
      ResponseError,
      /\.dods: .*a DDS.*found "<!doctype html/,
    ],
    ['an Error object', 'Error {\n    code = 3;\n    message = "no";\n};\n', DapError, /\.dods: no$/],
    ['a DDS that is none', 'Dataset {\n    Wombat w;\n} x;\nData:\n', ResponseError, /expected a type/],
    [
      'a dataset without a Sequence',
      'Dataset {\n    Float64 x;\n} y;\nData:\n',
      ResponseError,
      /one Sequence.*Float64 x/,
    ],
    ['a wrong marker', `${head()}Data:\nabcdefgh`, ResponseError, /5A.*found 61 62 63 64/],
  ])('status 200 with %s', async (_what, body, type, message) => {
    const server = await answering((_request, response) => response.end(body));
    const states = new States();
    const failure = await all(follow(`${server.origin}/roberrypi`, { onState: states.onState })).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(type);
    expect(String(failure)).toMatch(message);
    expect(states.seen.at(-1)).toEqual({ state: 'ended', reason: (failure as Error).message });
    expect(states.names).not.toContain('reconnecting');
  });

  it.each([
    [
      'a column that is gone',
      head(['time', 'pressure']),
      /column "temperature" of type Float64 as before, found sensor/,
    ],
    ['a column of another type', head(['time', 'temperature'], 'Float32'), /column "time" of type Float64/],
  ])('%s after a reconnect', async (_what, changed, message) => {
    const server = await answering((_request, response, number) => {
      response.end(number === 0 ? responseBytes(five) : `${changed}Data:\n`);
    });
    const rows = follow(`${server.origin}/roberrypi`, atOnce);
    await rows.next();
    await expect(rows.next()).rejects.toThrow(message);
  });

  it('wrong arguments', async () => {
    await expect(all(follow('roberrypi'))).rejects.toThrow(TypeError);
    await expect(all(follow('http://pi/x?sensor', { constraint: 'sensor' }))).rejects.toThrow(TypeError);
    await expect(all(follow('http://pi/x?sensor[3:0]'))).rejects.toThrow(/sensor\[3:0\]/);
    await expect(all(follow('http://pi/x', { silence: Number.NaN }))).rejects.toThrow(RangeError);
    await expect(all(follow('http://pi/x', { retry: { cap: -1 } }))).rejects.toThrow(RangeError);
  });
});
