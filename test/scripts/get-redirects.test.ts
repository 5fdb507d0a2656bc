// Tests that get.sh follows redirections as far as https, and never from https to http.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CertificateFolder, type MadeCertificate } from '../server/tls/certificates.ts';
import { describeWith } from '../tools.ts';
import { get, Release } from './get.ts';

let release: Release;
let certificates: CertificateFolder;
let made: MadeCertificate;
let secure: Server;
/** The address to which the server leads a client that asks it for a file; undefined: it gives the file. */
let leadsTo: (name: string) => string | undefined;

beforeEach(async () => {
  release = await Release.serve();
  certificates = new CertificateFolder();
  made = certificates.make('releases');
  leadsTo = () => undefined;
  secure = createServer({ cert: made.cert, key: readFileSync(made.key) }, (request, response) => {
    const name = (request.url ?? '').replace(/^.*\//, '');
    const location = request.url?.startsWith('/moved/') ? undefined : leadsTo(name);
    const file = release.files.get(name);
    if (location !== undefined) response.writeHead(302, { location }).end();
    else if (file === undefined || typeof file === 'function') response.writeHead(404).end();
    else response.end(file);
  });
  await new Promise<void>(resolve => secure.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  secure.closeAllConnections();
  await new Promise(resolve => secure.close(resolve));
  await release.close();
  certificates.remove();
});

const origin = () => `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;

describeWith(['curl', 'openssl'], 'redirections of curl', () => redirections('curl'));
describeWith(['wget', 'openssl'], 'redirections of wget', () => redirections('wget'));

function redirections(downloader: 'curl' | 'wget'): void {
  const run = (base: string) =>
    get(release, ['--base', base], { downloaders: [downloader], authority: made.certificate });

  it.each([
    ['another address', () => `${origin()}/moved/`],
    ['another path', () => '/moved/'],
    ['a path beside it', () => '../moved/'],
  ])('follows https to %s', async (_, folder) => {
    leadsTo = name => `${folder()}${name}`;
    const { code, said } = await run(`${origin()}/release`);
    expect(code).toBe(0);
    expect(said).toContain('installs with:');
  });

  it.each(['latest.json', 'SHA256SUMS', 'dapberry-1.2.3-arm64.tar.gz'])(
    'does not follow https to http for %s',
    async file => {
      leadsTo = name => (name === file ? `${release.base}/${name}` : undefined);
      const { code, said, left } = await run(`${origin()}/release`);
      expect(code).not.toBe(0);
      expect(said).not.toContain('installs with');
      expect([release.asked, left]).toEqual([[], []]);
    },
  );

  it('follows http to http', async () => {
    release.files.set('new.json', release.files.get('latest.json')!);
    release.files.set('latest.json', response =>
      response.writeHead(302, { location: `${release.base}/new.json` }).end(),
    );
    expect((await run(release.base)).said).toContain('installs with:');
  });

  it('ends where the server leads in a circle', async () => {
    leadsTo = name => name;
    const { code, said } = await run(`${origin()}/release`);
    expect(code).not.toBe(0);
    expect(said).not.toContain('installs with');
  });
}
