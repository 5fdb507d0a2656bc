// Reads the certificate and the private key of the server, and says what is wrong where the two are no valid pair.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { type FileFault, NO_CREDENTIALS, readSecret, secretPath } from '../machine/secret-file.ts';

/** The keys of `server.tls`: absolute paths, or names of credentials. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface Certificate {
  /** As PEM. */
  readonly cert: string;
  readonly key: string;
  /** Seconds since 1970. */
  readonly begins: number;
  readonly expires: number;
}

/** A fault of one of the files, or of both together. */
export interface CertificateFault extends FileFault {
  readonly file: keyof CertificateFiles;
  /** The path of the file, if it is known. */
  readonly path: string;
}

export type CertificateRead = { readonly certificate: Certificate } | { readonly fault: CertificateFault };

type Environment = Readonly<Record<string, string | undefined>>;

/** Older versions have known weaknesses (RFC 8996). */
export const OLDEST_TLS = 'TLSv1.2';

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const BEGIN = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** Does not reject. */
export async function readCertificate(
  files: CertificateFiles,
  environment: Environment,
): Promise<CertificateRead> {
  const refuse = (file: keyof CertificateFiles, fault: FileFault): CertificateRead => ({
    fault: { ...fault, file, path: secretPath(files[file], environment) ?? files[file] },
  });
  const texts = { certificate: '', key: '' };
  for (const file of ['certificate', 'key'] as const) {
    const path = secretPath(files[file], environment);
    if (path === undefined) return refuse(file, NO_CREDENTIALS);
    // Everyone gets the certificate from the server.
    const isOwn = file === 'certificate' || path !== files[file];
    const content = await readSecret(path, { isOwn });
    if (typeof content === 'object') return refuse(file, content);
    texts[file] = content;
  }
  const blocks = texts.certificate.match(BLOCK) ?? [];
  const begun = texts.certificate.match(BEGIN)?.length ?? 0;
  if (blocks.length === 0 || begun !== blocks.length) {
    const found = begun === 0 ? 'none' : 'one that is cut off';
    return refuse('certificate', { expected: 'whole certificates as PEM', found });
  }
  const chain = blocks.map(certificateIn);
  const [leaf] = chain;
  if (leaf === undefined || chain.includes(undefined))
    return refuse('certificate', {
      expected: 'certificates that can be read',
      found: `another content in number ${chain.indexOf(undefined) + 1}`,
    });
  const key = keyIn(texts.key);
  if (typeof key === 'string')
    return refuse('key', { expected: 'a private key as PEM, without a passphrase', found: key });
  if (!leaf.checkPrivateKey(key)) {
    const isLater = chain.some(certificate => certificate?.checkPrivateKey(key));
    return refuse('key', {
      expected: 'the private key of the first certificate',
      found: isLater ? 'that of a later one' : 'another one',
      hint: isLater
        ? 'put the certificate of the server first'
        : 'if both files are being replaced, the server reads them again',
    });
  }
  const pair = { cert: texts.certificate, key: texts.key };
  try {
    createSecureContext({ ...pair, minVersion: OLDEST_TLS });
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return refuse('certificate', { expected: 'a certificate that OpenSSL accepts', found });
  }
  const [begins, expires] = [leaf.validFrom, leaf.validTo].map(date => Date.parse(date) / 1000);
  return { certificate: { ...pair, begins: begins ?? 0, expires: expires ?? 0 } };
}

/** One sentence, such as `server.tls.key: expected ..., found ..., in /etc/dapberry/tls/key.pem; run: ...`. */
export function faultText({ file, path, expected, found, hint }: CertificateFault): string {
  const advice = hint === undefined ? '' : `; ${hint}`;
  return `server.tls.${file}: expected ${expected}, found ${found}, in ${path}${advice}`;
}

function certificateIn(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}

/** The key, or what was found instead. Messages of OpenSSL may quote the content. */
function keyIn(text: string): ReturnType<typeof createPrivateKey> | string {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return 'none';
  if (/ENCRYPTED/.test(text)) return 'one with a passphrase';
  try {
    return createPrivateKey(text);
  } catch {
    return 'one that cannot be read';
  }
}
