import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CertificateFiles, faultText, readCertificate } from '../../../server/tls/certificate.ts';
import { expiryOf, expiryText } from '../../../server/tls/expiry.ts';
import { LiveCertificate } from '../../../server/tls/live-certificate.ts';
import { describeWith, tools } from '../../tools.ts';
import { CertificateFolder, type MadeCertificate } from './certificates.ts';

const DAY = 86_400;

describe('the expiry', () => {
  it('is warned of from 21 days before', () => {
    const now = Date.UTC(2026, 10, 28) / 1000;
    const states = [22, 21, 20.9, 0.1, 0, -3].map(days => expiryOf(now + days * DAY, now));
    expect(states).toEqual(['valid', 'valid', 'expiring', 'expiring', 'expired', 'expired']);
    expect(expiryText(now + 20.9 * DAY, now)).toBe('expires in 20 days, at 2026-12-18T21:36:00Z');
    expect(expiryText(now + 1.5 * DAY, now)).toBe('expires in 1 day, at 2026-11-29T12:00:00Z');
    expect(expiryText(now + 0.5 * DAY, now)).toBe('expires today, at 2026-11-28T12:00:00Z');
    expect(expiryText(now - DAY, now)).toBe('expired at 2026-11-27T00:00:00Z');
  });
});

describeWith('openssl', 'a certificate and its key', () => {
  let folder: CertificateFolder;
  let pair: MadeCertificate;
  let other: MadeCertificate;
  beforeAll(() => {
    folder = new CertificateFolder();
    pair = folder.make('pair', 30);
    other = folder.make('other');
  });
  afterAll(() => folder.remove());

  const faultOf = async (files: Partial<CertificateFiles>, environment = {}) => {
    const read = await readCertificate({ ...pair, ...files }, environment);
    return 'fault' in read ? faultText(read.fault) : 'none';
  };
  const written = (name: string, text: string, mode = 0o600) => {
    writeFileSync(folder.file(name), text, { mode });
    return folder.file(name);
  };

  it('are read with their dates', async () => {
    const read = await readCertificate(pair, {});
    if ('fault' in read) throw new Error(faultText(read.fault));
    const { begins, expires } = read.certificate;
    expect(expires - begins).toBe(30 * DAY);
    expect(Math.abs(begins - Date.now() / 1000)).toBeLessThan(60);
  });

  it('are read by the names of credentials', async () => {
    const names = { certificate: 'pair.crt', key: 'pair.key' };
    expect(await faultOf(names, { CREDENTIALS_DIRECTORY: folder.path })).toBe('none');
    expect(await faultOf(names)).toBe(
      'server.tls.certificate: expected an absolute path, or the name of a credential that systemd passes (LoadCredential= in the unit), found a name, and no credentials in $CREDENTIALS_DIRECTORY, in pair.crt',
    );
  });

  it('have to fit', async () => {
    expect(await faultOf({ key: other.key })).toBe(
      `server.tls.key: expected the private key of the first certificate, found another one, in ${other.key}; if both files are being replaced, the server reads them again`,
    );
    const reversed = written('reversed', other.cert + pair.cert);
    expect(await faultOf({ certificate: reversed })).toContain(
      `found that of a later one, in ${pair.key}; put the certificate of the server first`,
    );
    expect(await faultOf({ certificate: written('chain', pair.cert + other.cert) })).toBe('none');
  });

  it.each([
    ['an empty file', (_: string) => '', 'expected whole certificates as PEM, found none'],
    ['a first half', (text: string) => text.slice(0, 300), 'found one that is cut off'],
    ['a second half', (text: string) => text.slice(300), 'expected whole certificates as PEM, found none'],
    [
      'a chain that is cut off',
      (text: string) => text + text.slice(0, 300),
      'expected whole certificates as PEM, found one that is cut off',
    ],
    [
      'another content',
      (text: string) => text.replace(/\n[A-Za-z0-9+/]{4}/, '\nAAAA'),
      'expected certificates that can be read, found another content in number 1',
    ],
  ])('are refused with %s as the certificate', async (_, change, message) => {
    const text = await faultOf({ certificate: written('wrong.crt', change(pair.cert)) });
    expect(text).toContain(message);
  });

  it('are refused with a key that is cut off, has a passphrase, or that others may read', async () => {
    const key = readFileSync(pair.key, 'utf8');
    expect(await faultOf({ key: written('half.key', key.slice(0, 80)) })).toContain(
      'expected a private key as PEM, without a passphrase, found one that cannot be read',
    );
    const locked = folder.file('locked.key');
    execFileSync(tools.openssl!, ['ec', '-aes256', '-passout', 'pass:x', '-in', pair.key, '-out', locked], {
      stdio: 'ignore',
    });
    expect(await faultOf({ key: locked })).toContain('found one with a passphrase');
    const open = written('open.key', key);
    chmodSync(open, 0o644);
    expect(await faultOf({ key: open })).toBe(
      `server.tls.key: expected a file that other users of this machine may not read, found the rights 644, in ${open}; run: sudo chmod o= ${open}`,
    );
    expect(await faultOf({ key: folder.file('none') })).toContain('found none');
    // No message quotes the key.
    const secret = key.split('\n')[1]!;
    expect(await faultOf({ key: written('odd.key', key.replace('BEGIN', 'BEGIN ODD')) })).not.toContain(
      secret,
    );
  });

  describe('of a running server', () => {
    const logged: string[] = [];
    const note = (text: string) => void logged.push(text);
    const logger = { info: (_: object, text: string) => note(text), warn: note, error: note };
    const used: string[] = [];

    const live = async (files: CertificateFiles | undefined) => {
      logged.length = 0;
      used.length = 0;
      const certificate = new LiveCertificate({
        ...{ files: () => files, environment: {}, logger },
        ...{ lookMs: 20, settledMs: 20 },
      });
      await certificate.look();
      certificate.use(({ cert }) => void used.push(cert));
      return certificate;
    };
    const POLL = { timeout: 10_000, interval: 10 };

    it('are replaced as soon as both new files are there, and stay until then', async () => {
      const files = { certificate: folder.file('now.crt'), key: folder.file('now.key') };
      copyFileSync(pair.certificate, files.certificate);
      copyFileSync(pair.key, files.key);
      const certificate = await live(files);
      expect(certificate.status).toMatchObject({ state: 'valid', files });
      const replace = (from: string, to: string) => {
        copyFileSync(from, `${to}.new`);
        renameSync(`${to}.new`, to);
      };
      replace(other.certificate, files.certificate);
      await expect.poll(() => certificate.status?.problem, POLL).toContain('found another one');
      expect(logged.at(-1)).toContain(
        'the certificate is wrong, and the former pair stays in use: server.tls.key',
      );
      expect(used).toEqual([pair.cert]);
      replace(other.key, files.key);
      await expect.poll(() => used, POLL).toEqual([pair.cert, other.cert]);
      expect(certificate.status).not.toHaveProperty('problem');
      // Once, although it was looked at often.
      expect(logged.filter(text => text.includes('is wrong'))).toHaveLength(1);
      // Half of a new file, and then all of it.
      writeFileSync(files.certificate, pair.cert.slice(0, 200));
      await expect.poll(() => certificate.status?.problem, POLL).toContain('cut off');
      writeFileSync(files.certificate, other.cert);
      await expect.poll(() => certificate.status?.problem, POLL).toBeUndefined();
      expect(used).toHaveLength(2);
      certificate.close();
    });

    it('are found where links are replaced, as certbot does', async () => {
      const files = { certificate: folder.file('link.crt'), key: folder.file('link.key') };
      const link = ({ certificate, key }: CertificateFiles) => {
        for (const [to, at] of [
          [certificate, files.certificate],
          [key, files.key],
        ] as const) {
          symlinkSync(to, `${at}.new`);
          renameSync(`${at}.new`, at);
        }
      };
      link(pair);
      const certificate = await live(files);
      link(other);
      await expect.poll(() => used, POLL).toEqual([pair.cert, other.cert]);
      certificate.close();
    });

    it('may come later, and their expiry is warned of', async () => {
      const soon = folder.make('soon', 10);
      const files = { certificate: folder.file('late.crt'), key: soon.key };
      const certificate = await live(files);
      expect(certificate.status).toMatchObject({ state: 'none' });
      expect(logged.at(-1)).toContain('the certificate is wrong, and no client can connect');
      copyFileSync(soon.certificate, files.certificate);
      await expect.poll(() => used, POLL).toEqual([soon.cert]);
      expect(certificate.status).toMatchObject({ state: 'expiring' });
      await expect
        .poll(() => logged.at(-1), POLL)
        .toMatch(/^the certificate expires in 9 days, at .*: renew it$/);
      certificate.close();
    });

    it('are none without server.tls', async () => {
      const certificate = await live(undefined);
      expect([certificate.status, used]).toEqual([undefined, []]);
    });
  });
});
