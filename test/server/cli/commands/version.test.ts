import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newestRelease } from '../../../../server/cli/newest-release.ts';
import { VERSION } from '../../../../server/version.ts';
import { machineWith, type TestMachine } from './machines.ts';

/** How the web server answers next, and which paths it was asked for. */
let answer: (response: ServerResponse) => void;
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.url}`);
  answer(response);
});
let base: string;
let machine: TestMachine;

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  machine = await machineWith({});
});
afterEach(() => {
  asked.length = 0;
});
afterAll(async () => {
  await machine.tree.dispose();
  server.closeAllConnections();
  server.close();
});

const publish = (latest: object) => {
  answer = response => response.end(JSON.stringify({ name: 'dapberry', ...latest }));
};
const check = (address: string) => machine.dapberry('version', '--check', address);

describe('dapberry version', () => {
  it('prints the version and asks nobody', async () => {
    expect(await machine.dapberry('version')).toEqual({ code: 0, out: `${VERSION}\n`, err: '' });
    expect(asked).toEqual([]);
  });

  it('says that a release is newer, where its changes are, and exits with 3', async () => {
    publish({ version: '999.1.0', date: '2027-01-02T03:04:05.000Z', changes: 'CHANGES-999.1.0.md' });
    expect(await check(`${base}/dapberry`)).toEqual({
      code: 3,
      out: `999.1.0 of 2027-01-02 is newer than this version, ${VERSION}\nchanges: ${base}/dapberry/CHANGES-999.1.0.md\n`,
      err: '',
    });
    expect(asked).toEqual(['/dapberry/latest.json']);
  });

  it('takes an address with a slash at its end', async () => {
    publish({ version: VERSION });
    expect(await check(`${base}/dapberry/`)).toMatchObject({ code: 0 });
    expect(asked).toEqual(['/dapberry/latest.json']);
  });

  it.each([
    [VERSION, `${VERSION} is the newest version\n`],
    ['0.0.1', `${VERSION} is newer than the release, 0.0.1\n`],
    // A candidate comes before its version (Semantic Versioning, 11).
    [`${VERSION}-rc.1`, `${VERSION} is newer than the release, ${VERSION}-rc.1\n`],
  ])('says that the release %s is not newer, and exits with 0', async (version, out) => {
    publish({ version });
    expect(await check(base)).toEqual({ code: 0, out, err: '' });
  });

  it('names no other place as that of the changes', async () => {
    publish({ version: '999.1.0', changes: 'https://elsewhere.invalid/\u001b[31m' });
    expect(await check(base)).toMatchObject({
      code: 3,
      out: `999.1.0 is newer than this version, ${VERSION}\n`,
    });
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['404', response => response.writeHead(404).end('<html>'), 'expected an answer, found HTTP status 404'],
    [
      'a page',
      response => response.end('<!DOCTYPE html><title>Log in to the network</title>'),
      'expected the file latest.json of a release of dapberry, found "<!DOCTYPE html><title>Log in to the netw"...',
    ],
    ['nothing', response => response.end(), 'of a release of dapberry, found ""'],
    [
      'another program',
      response => response.end('{"name":"x","version":"1.0.0"}'),
      'found "{\\"name\\":\\"x\\"',
    ],
    [
      'no version',
      response => response.end('{"name":"dapberry","version":"\\u001b[2Jnew"}'),
      'expected the file',
    ],
    ['far too much', response => response.end('x'.repeat(2 ** 20)), 'found one of more than 64 KiB'],
    [
      'a broken answer',
      response => response.write('{', () => response.destroy()),
      'expected an answer, found',
    ],
  ])('exits with 1 at %s, and says what it found', async (_what, way, message) => {
    answer = way;
    const { code, out, err } = await check(base);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`${base}/latest.json: `);
    expect(err).toContain(message);
    expect(err).not.toContain('\u001b');
  });

  it('does not wait for ever', async () => {
    answer = response => response.write('{');
    await expect(newestRelease(new URL(base), 200)).rejects.toThrow(
      'expected an answer, found none within 0.2 s',
    );
  });

  it('says that nobody answers', async () => {
    const { code, err } = await check('http://127.0.0.1:1/');
    expect(code).toBe(1);
    expect(err).toMatch(/^dapberry: http:\/\/127\.0\.0\.1:1\/latest\.json: expected an answer, found .+\n$/);
  });

  it.each(['example.org/dapberry', 'ftp://example.org', 'dapberry'])(
    'refuses the address %s',
    async address => {
      const { code, err } = await check(address);
      expect(code).toBe(2);
      expect(err).toContain(
        '--check: expected the address of a release, such as https://example.org/dapberry',
      );
    },
  );
});
