import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeConstraint, parseConstraint, printConstraint } from '../../../../dap/constraint/index.ts';
import { constraint } from '../arbitraries.ts';

describe('printConstraint', () => {
  it.each([
    ['', ''],
    ['&', ''],
    ['sensor[0:9]', 'sensor[0:1:9]'],
    ['sensor[4:1:4].time', 'sensor[4].time'],
    ['sensor[4:3:5]', 'sensor[4:3:5]'],
    ['sensor[0:*]', 'sensor[*]'],
    ['sensor[0:2:*]', 'sensor[0:2:*]'],
    ['sensor[5:1:9223372036854775807]', 'sensor[5:1:9223372036854775806]'],
    ['&time > 1.369e+09', '&time>1369000000'],
    ['&a>-INF&b=nan&c=-0', '&a>-inf&b=NaN&c=-0'],
    ['&state={"a","\\"b\\""}', '&state={"a","\\"b\\""}'],
    ['&state=~"\\d"', '&state=~"\\\\d"'],
    ['&state="50%25"', '&state="50%25"'],
    ['%26now-1day%3ctime', '&now-1day<time'],
    ['s.air%2520temp&s.a%2526b>1', 's.air%2520temp&s.a%2526b>1'],
  ])('writes %j as %j', (query, printed) => {
    expect(printConstraint(parseConstraint(query))).toBe(printed);
  });

  it('writes a text that is read back as the same constraint', () => {
    fc.assert(
      fc.property(constraint, tree => {
        expect(parseConstraint(printConstraint(tree))).toEqual(tree);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('encodeConstraint', () => {
  it('leaves only the & between clauses and unreserved characters as they are', () => {
    expect(encodeConstraint(parseConstraint('sensor[0:9].time,a_b&time<now+1day&state="é&"'))).toBe(
      'sensor%5B0%3A1%3A9%5D.time%2Ca_b&time%3Cnow%2B1day&state%3D%22%C3%A9%26%22',
    );
  });

  it('writes a text that is read back as the same constraint, also after a URL parser', () => {
    fc.assert(
      fc.property(constraint, tree => {
        const encoded = encodeConstraint(tree);
        expect(encoded).toMatch(/^[A-Za-z0-9_.~%&-]*$/);
        expect(parseConstraint(encoded)).toEqual(tree);
        expect(new URL(`http://pi/a.dods?${encoded}`).search.slice(1)).toBe(encoded);
        // getdap encodes the whole of it, the & too.
        expect(parseConstraint(encodeURIComponent(decodeURIComponent(encoded)))).toEqual(tree);
      }),
      { numRuns: 1000 },
    );
  });

  it('writes a half surrogate pair, which UTF-8 cannot hold, as the replacement character', () => {
    const tree = parseConstraint('&a="x"');
    const [clause] = tree.selections;
    const broken = { ...clause, right: { kind: 'text', value: '\ud800' } } as typeof clause;
    expect(encodeConstraint({ ...tree, selections: [broken!] })).toBe('&a%3D%22%EF%BF%BD%22');
  });
});
