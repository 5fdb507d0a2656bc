// Makes certificates and keys with openssl, and clients that speak TLS.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { tools } from '../../tools.ts';

export interface MadeCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly cert: string;
}

/** A folder for certificates, which `remove` deletes. */
export class CertificateFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'dapberry-tls-'));

  /** A certificate for 127.0.0.1 and localhost that signs itself. */
  make(name: string, days = 90): MadeCertificate {
    const [certificate, key] = [join(this.path, `${name}.crt`), join(this.path, `${name}.key`)];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync(
      tools.openssl!,
      ['req', '-x509', ...kind, '-keyout', key, '-out', certificate, '-days', String(days), ...subject],
      { stdio: 'ignore' },
    );
    chmodSync(key, 0o600);
    return { certificate, key, cert: readFileSync(certificate, 'utf8') };
  }

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** A connection whose handshake is complete. */
export function secureClient(port: number, ca: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca }, () => resolve(socket));
    socket.once('error', reject);
  });
}
