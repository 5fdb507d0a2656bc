import { describe, expect, it } from 'vitest';
import { DapError, ResponseError } from '../../../dap/index.ts';
import { explain, headingOf, plainReason } from '../../../web/stream/reason.ts';

const address = { base: 'http://pi:8080/host', constraint: '' };

describe('a reason', () => {
  it.each(['Failed to fetch', 'NetworkError when attempting to fetch resource.', 'Load failed'])(
    'has plain words for "%s"',
    message => {
      expect(plainReason(new TypeError(message))).toBe('no answer');
    },
  );

  it('says what else there is to know', () => {
    expect(plainReason('no byte for 90 s')).toBe('no byte for 90 s');
  });

  it('blames no rule of browsers for what the server answered', () => {
    for (const said of ['http://pi:8080/host.das: DAS, line 3, column 1: expected ";"', 'no byte for 90 s']) {
      expect(explain(address, new Error(said), new URL('http://other/'))).toBe(`${said}.`);
      expect(explain(address, new Error(said), new URL('https://other/'))).toBe(`${said}.`);
    }
  });

  it('says what browsers do not: other origins, and http from https', () => {
    const error = new TypeError('http://pi:8080/host: Failed to fetch');
    expect(explain(address, error, new URL('http://pi:8080/'))).toBe('http://pi:8080/host: no answer.');
    expect(explain(address, error, new URL('http://other/'))).toMatch(/CORS/);
    expect(explain(address, error, new URL('https://other/'))).toMatch(/https.*open http:\/\/pi:8080\//);
  });
});

describe('a heading', () => {
  const at = (status: number) => new ResponseError('http://pi/x.dds', 'no', { status });
  it.each([
    [at(401), 'The server does not give access to this dataset'],
    [new DapError(403, 'no'), 'The server does not give access to this dataset'],
    [at(404), 'The server has no such data'],
    [new DapError(7, 'no'), 'The server has no such data'],
    [at(200), 'This dataset cannot be plotted'],
    [new TypeError('Expected a Sequence'), 'This dataset cannot be plotted'],
  ])('tells a refusal from what cannot be read (%s)', (error, heading) => {
    expect(headingOf(error)).toBe(heading);
  });
});
