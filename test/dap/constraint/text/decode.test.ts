import { describe, expect, it } from 'vitest';
import { ConstraintError, parseConstraint, printConstraint } from '../../../../dap/constraint/index.ts';
import { decodeQuery, MAX_EXPRESSION } from '../../../../dap/constraint/text/decode.ts';

describe('decodeQuery', () => {
  it('leaves a query without escapes as it is, with the plus sign a plus sign', () => {
    expect(decodeQuery('sensor.time&sensor.time>1.369e+09')).toBe('sensor.time&sensor.time>1.369e+09');
  });

  it('decodes once only', () => {
    expect(decodeQuery('a%2526b')).toBe('a%26b');
  });

  it('decodes UTF-8 of one to four bytes', () => {
    expect(decodeQuery('%61%c3%a9%E6%97%A5%F0%9F%8C%A1é')).toBe('aé日🌡é');
  });

  it.each(['%ff', '%c3', '%c3%28', '%ed%a0%80', '%c0%af'])('refuses %j, which is no UTF-8', query => {
    expect(() => decodeQuery(`time${query}`)).toThrow(ConstraintError);
    expect(() => decodeQuery(`time${query}`)).toThrow(
      'at character 4: expected percent-escapes that are UTF-8',
    );
  });

  it('refuses a text that is too long before and after decoding', () => {
    expect(decodeQuery('%61'.repeat(MAX_EXPRESSION))).toHaveLength(MAX_EXPRESSION);
    expect(() => decodeQuery('%61'.repeat(MAX_EXPRESSION + 1))).toThrow(ConstraintError);
    expect(() => decodeQuery('a'.repeat(MAX_EXPRESSION + 1))).toThrow(
      `expected the end after ${MAX_EXPRESSION} characters at most, found ${MAX_EXPRESSION + 1}`,
    );
  });

  it('keeps the message short, however long the text', () => {
    expect(() => decodeQuery('a'.repeat(1_000_000))).toThrow(/^.{1,400}$/);
  });
});

describe('the clauses of an encoded query', () => {
  const expected = 'sensor.time,sensor.temperature&sensor.time<1370000003';

  it.each([
    ['all encoded, as getdap sends it', 'sensor.time%2csensor.temperature%26sensor.time%3c1370000003'],
    ['each clause encoded, as pydap does', 'sensor.time%2Csensor.temperature&sensor.time%3C1370000003'],
    ['only what a URL cannot hold encoded', 'sensor.time,sensor.temperature&sensor.time%3C1370000003'],
    ['nothing encoded, as curl -g sends it', expected],
  ])('are the same, %s', (_, query) => {
    expect(printConstraint(parseConstraint(query))).toBe(expected);
  });

  it.each(['&state="a&b"', '%26state%3D%22a%26b%22', '&state=%22a&b%22', '&state="a%26b"'])(
    'are not separated by the & in the quotes of %s',
    query => {
      expect(parseConstraint(query).selections).toEqual([
        {
          kind: 'comparison',
          left: { kind: 'name', steps: [{ name: 'state', indices: [] }] },
          operator: '=',
          right: { kind: 'text', value: 'a&b' },
        },
      ]);
    },
  );

  it('are separated by an & that was encoded beside a raw one', () => {
    expect(parseConstraint('time&time>1%26time<2').selections).toHaveLength(2);
  });

  it('take an encoded plus sign and a raw one for the same', () => {
    expect(parseConstraint('&time<now%2B1day')).toEqual(parseConstraint('&time<now+1day'));
  });
});
