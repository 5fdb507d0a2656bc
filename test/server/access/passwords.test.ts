import { describe, expect, it } from 'vitest';
import { parseAuthorization } from '../../../server/access/credentials.ts';
import { hashPassword, parseHash, verifyPassword } from '../../../server/access/password-hash.ts';
import { SlowTurns } from '../../../server/access/slow-turns.ts';
import { parseUsers } from '../../../server/access/users.ts';
import { Verifier } from '../../../server/access/verifier.ts';

const basic = (text: string | Uint8Array) => `Basic ${Buffer.from(text as string).toString('base64')}`;

describe('a hash', () => {
  it('fits its password alone, however the keyboard composes its letters', async () => {
    const written = await hashPassword('gr\u00fcne Wiese');
    const hash = parseHash(written)!;
    expect(await verifyPassword('gru\u0308ne Wiese', hash)).toBe(true);
    expect(await verifyPassword('grune Wiese', hash)).toBe(false);
    expect(await hashPassword('gr\u00fcne Wiese')).not.toBe(written);
  });

  it('has bounded parameters', () => {
    const of = (ln: number, r: number, p: number) =>
      parseHash(`scrypt$ln=${ln},r=${r},p=${p}$${'A'.repeat(22)}$${'A'.repeat(43)}`);
    expect([of(15, 8, 1), of(12, 8, 4), of(17, 8, 1)].map(hash => hash !== undefined)).toEqual([
      true,
      true,
      true,
    ]);
    expect([of(30, 8, 1), of(17, 16, 1), of(11, 8, 1), of(15, 8, 9), of(15, 1, 1), of(99, 99, 9)]).toEqual(
      Array(6).fill(undefined),
    );
    const odd = ['', 'scrypt$', '$2b$10$abc', `scrypt$ln=15,r=8,p=1$${'A'.repeat(5000)}$${'A'.repeat(43)}`];
    expect(odd.map(parseHash)).toEqual(odd.map(() => undefined));
  });
});

describe('a file of users', () => {
  const hash = `scrypt$ln=12,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

  it('has a line for each user, and comments', () => {
    const { users, mistakes } = parseUsers(`\uFEFF# readers\r\n\nanna:${hash}\r\nB-2_c: ${hash} \n`);
    expect(mistakes).toEqual([]);
    expect([...users.keys()]).toEqual(['anna', 'B-2_c']);
  });

  it('has mistakes that are told by line, and quote neither hash nor password', () => {
    const lines = [
      'anna:secret password',
      'no colon secret',
      `an na:${hash}`,
      `b:${hash}`,
      `b:${hash}`,
      `:${hash}`,
    ];
    const { mistakes } = parseUsers(lines.join('\n'));
    expect(mistakes.map(({ line }) => line)).toEqual([1, 2, 3, 5, 6]);
    expect(JSON.stringify(mistakes)).not.toMatch(/secret|AAAA/);
    expect(parseUsers('# nobody\n').mistakes).toEqual([
      { line: 1, expected: 'one user at least', found: 'none' },
    ]);
  });
});

describe('an Authorization header', () => {
  it('is Basic or Bearer with a name and a password', () => {
    expect(parseAuthorization(basic('anna:a:b'))).toEqual({ scheme: 'Basic', name: 'anna', password: 'a:b' });
    expect(parseAuthorization(basic('anna:gr\u00fcn'))).toMatchObject({ password: 'gr\u00fcn' });
    expect(parseAuthorization('bearer anna.a.b~c==')).toEqual({
      scheme: 'Bearer',
      name: 'anna',
      password: 'a.b~c==',
    });
  });

  it.each([
    '',
    'Basic',
    'Basic !!!!',
    basic('anna'),
    basic(':x'),
    basic('__proto__\0:x'),
    basic(`anna:${'x'.repeat(2000)}`),
    basic(new Uint8Array([97, 58, 0xff])),
    `Basic ${'A'.repeat(60_000)}`,
    'Bearer anna',
    'Bearer .x',
    'Digest username="anna"',
    'Basic YTpi, Basic YTpi',
    'Basic YTpi Basic YTpi',
  ])('is not read otherwise: %#', header => {
    expect(parseAuthorization(header)).toBeUndefined();
  });
});

describe('a verifier', () => {
  const users = async (password: string) => parseUsers(`anna:${await hashPassword(password)}`).users;
  const anna = (password: string, name = 'anna') => ({ scheme: 'Basic', name, password }) as const;

  it('hashes right passwords once, and anew after a reload', async () => {
    const verifier = new Verifier();
    const known = await users('right password');
    const together = Array.from({ length: 20 }, () => verifier.verify(known, anna('right password'), 'a'));
    expect(new Set(await Promise.all(together))).toEqual(new Set(['right']));
    for (let time = 0; time < 50; time += 1) await verifier.verify(known, anna('right password'), 'a');
    expect(verifier.counts).toEqual({ right: 1, wrong: 0, busy: 0 });
    expect(await verifier.verify(known, anna('wrong'), 'a')).toBe('wrong');
    expect(await verifier.verify(known, anna('right password', 'constructor'), 'a')).toBe('wrong');
    expect(await verifier.verify(await users('other password'), anna('right password'), 'a')).toBe('wrong');
    expect(verifier.counts).toEqual({ right: 1, wrong: 3, busy: 0 });
  });
});

describe('turns of guesses', () => {
  it('let others in while one client guesses, and refuse it when too many of its guesses wait', async () => {
    const turns = new SlowTurns();
    const order: string[] = [];
    const guess = (client: string, isRight: boolean) =>
      turns.take(client, async () => {
        order.push(client);
        return isRight;
      });
    const guesses = Array.from({ length: 40 }, () => guess('guesser', false));
    expect(await guess('reader', true)).toBe(true);
    // The reader came last and waited for one guess at most.
    expect(order.indexOf('reader')).toBeLessThan(3);
    const results = await Promise.all(guesses.slice(0, 5));
    expect(results).toEqual(Array(5).fill(false));
    expect(await Promise.all(guesses.slice(12))).toEqual(Array(28).fill(undefined));
    // Its further guesses wait for a second each, while others do not.
    const before = order.length;
    expect(await guess('reader', true)).toBe(true);
    expect(order.slice(before)).toEqual(['reader']);
  });
});
