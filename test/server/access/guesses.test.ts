import { randomBytes, scryptSync } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { parseUsers } from '../../../server/access/users.ts';
import { type Serving, serving } from '../../serving.ts';

let server: Serving | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(trustProxy?: readonly string[]): Promise<void> {
  // As cheap as a hash may be: it is computed for each guess.
  const salt = randomBytes(16);
  const hash = scryptSync('right-password', salt, 32, { N: 2 ** 12, r: 8, p: 1 });
  const [written, derived] = [salt, hash].map(bytes => bytes.toString('base64url'));
  const { users } = parseUsers(`anna:scrypt$ln=12,r=8,p=1$${written}$${derived}`);
  const access = { users, public: [] };
  server = await serving({ access, ...(trustProxy === undefined ? {} : { trustProxy }) });
}

interface Guess {
  readonly status: number;
  readonly ms: number;
  /** By `performance.now()`. */
  readonly begun: number;
  readonly ended: number;
}

/** The answer to a password, and how long it took. */
function guess(password: string, client: string, name = 'anna'): Promise<Guess> {
  const begun = performance.now();
  const headers = {
    Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
    'X-Forwarded-For': client,
  };
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server!.port, path: '/health', headers, agent: false }, response => {
      response.resume();
      response.once('end', () => {
        const ended = performance.now();
        resolve({ status: response.statusCode ?? 0, ms: ended - begun, begun, ended });
      });
    })
      .once('error', reject)
      .end();
  });
}

/** Five wrong passwords; when the last of them began. */
async function fiveWrong(clientOf: (count: number) => string): Promise<number> {
  let begun = 0;
  for (let count = 0; count < 5; count += 1) {
    const { status, begun: now } = await guess(`wrong-${count}`, clientOf(count));
    expect(status).toBe(401);
    begun = now;
  }
  return begun;
}

describe('a client that guesses', () => {
  it('behind a trusted proxy is slowed down, whatever it claims to be, and others are not', async () => {
    await start();
    // The proxy adds the address that it sees behind those that the client invents.
    const claims = (count: number) => `198.51.100.${count}, 192.0.2.66`;
    const begun = await fiveWrong(claims);
    const slow = guess('wrong-again', claims(77));
    const other = await guess('right-password', '192.0.2.7');
    expect(other.status).toBe(200);
    const { ended } = await slow;
    expect(ended - begun).toBeGreaterThan(1000);
    expect(ended).toBeGreaterThan(other.ended);
    // Those of one network of IPv6 are one client.
    const later = await fiveWrong(count => `2001:db8:7::${count + 1}`);
    expect((await guess('wrong-again', '2001:db8:7:0:ffff::9')).ended - later).toBeGreaterThan(1000);
  });

  it('without a trusted proxy gains nothing by inventing addresses', async () => {
    await start([]);
    const begun = await fiveWrong(count => `192.0.2.${count}`);
    expect((await guess('wrong-again', '192.0.2.99')).ended - begun).toBeGreaterThan(1000);
  });

  it('gets the answer for an unknown user after about the same time', async () => {
    await start();
    const times: Record<string, number[]> = { anna: [], nobody: [] };
    for (let round = 0; round < 12; round += 1)
      for (const name of ['anna', 'nobody'])
        times[name]!.push(
          (await guess(`wrong-${round}`, `10.9.${round}.${name === 'anna' ? 1 : 2}`, name)).ms,
        );
    const fastest = ([first = 0, ...rest]: readonly number[] = []) => Math.min(first, ...rest);
    const ratio = fastest(times['anna']) / fastest(times['nobody']);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});
