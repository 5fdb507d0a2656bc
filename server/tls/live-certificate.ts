// Keeps the certificate of a running server: it reads the files again when they change, and keeps the former pair while they are wrong.

import { stat } from 'node:fs/promises';
import { secretPath } from '../machine/secret-file.ts';
import {
  type Certificate,
  type CertificateFiles,
  faultText,
  OLDEST_TLS,
  readCertificate,
} from './certificate.ts';
import { type Expiry, expiryOf, expiryText } from './expiry.ts';

/** How often to look at the files: two calls of the kernel, which follow links, as a renewal may replace these alone. */
const LOOK_MS = 3000;

/** How long a fault must last before it is told: a renewal replaces one file after the other. */
const SETTLED_MS = 1000;

const DAY_MS = 86_400_000;

/** What health, metrics, the page and systemd tell about the certificate. */
export interface CertificateStatus {
  readonly files: CertificateFiles;
  /** `none` while no valid pair has been read since the start: then no client can connect. */
  readonly state: Expiry | 'none';
  /** Seconds since 1970; absent without a certificate. */
  readonly expires?: number;
  /** When it was taken into use. */
  readonly since?: number;
  /** What is wrong about the files as they are now, and since when. */
  readonly problem?: string;
  readonly problemSince?: number;
}

export interface LiveCertificateOptions {
  /** The files as the configuration names them now; undefined if the server speaks plain HTTP. */
  readonly files: () => CertificateFiles | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: {
    info(fields: object, text: string): void;
    warn(text: string): void;
    error(text: string): void;
  };
  readonly lookMs?: number;
  readonly settledMs?: number;
}

export class LiveCertificate {
  readonly #options: LiveCertificateOptions;
  #underWay: Promise<void> | undefined;
  #seen = '';
  #current: Certificate | undefined;
  #since = 0;
  #fault: { readonly text: string; readonly since: number } | undefined;
  #take: (certificate: TlsCertificate) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** When the coming expiry was logged. */
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LiveCertificateOptions) {
    this.#options = options;
  }

  /** Undefined if the server speaks plain HTTP. */
  get status(): CertificateStatus | undefined {
    const files = this.#options.files();
    if (files === undefined) return undefined;
    const fault =
      this.#fault === undefined ? {} : { problem: this.#fault.text, problemSince: this.#fault.since };
    const current = this.#current;
    if (current === undefined) return { files, state: 'none', ...fault };
    const { expires } = current;
    return { files, state: expiryOf(expires), expires, since: this.#since, ...fault };
  }

  /** Calls `take` with the certificate, now and whenever another one is taken into use. */
  readonly use = (take: (certificate: TlsCertificate) => void): void => {
    this.#take = take;
    if (this.#current !== undefined) take(tlsCertificate(this.#current));
  };

  /** Reads the files if the configuration names some, and looks at them from then on. Call it after each reload. Does not reject. */
  look(): Promise<void> {
    this.#underWay ??= this.#look().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { lookMs = LOOK_MS, settledMs = SETTLED_MS } = this.#options;
    const files = this.#options.files();
    clearTimeout(this.#timer);
    if (files === undefined) return;
    const seen = await this.#identify(files);
    const hasChanged = seen !== this.#seen;
    this.#seen = seen;
    if (hasChanged || this.#fault !== undefined) await this.#read(files, settledMs);
    this.#warn();
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.look(), lookMs).unref();
  }

  async #read(files: CertificateFiles, settledMs: number): Promise<void> {
    const { environment, logger } = this.#options;
    let read = await readCertificate(files, environment);
    // At the start there is nothing to keep meanwhile.
    if ('fault' in read && this.#current !== undefined && this.#fault === undefined) {
      await new Promise(resolve => setTimeout(resolve, settledMs).unref());
      read = await readCertificate(files, environment);
    }
    if ('fault' in read) {
      const text = faultText(read.fault);
      if (text === this.#fault?.text) return;
      this.#fault = { text, since: this.#fault?.since ?? now() };
      const then = this.#current === undefined ? 'no client can connect' : 'the former pair stays in use';
      logger.error(`the certificate is wrong, and ${then}: ${text}`);
      return;
    }
    const { certificate } = read;
    const wasWrong = this.#fault !== undefined;
    this.#fault = undefined;
    const before = this.#current;
    if (before?.cert === certificate.cert && before.key === certificate.key) {
      if (wasWrong) logger.info({}, 'the files of the certificate are right again');
      return;
    }
    this.#current = certificate;
    this.#since = now();
    this.#warnedAt = Number.NEGATIVE_INFINITY;
    this.#take(tlsCertificate(certificate));
    const { expires, begins } = certificate;
    logger.info({ expires }, `the certificate is in use; ${expiryText(expires)}`);
    if (begins > now())
      logger.warn('the certificate is not valid yet: a client with the right time refuses it; see date');
  }

  /** Once a day. */
  #warn(): void {
    if (this.#current === undefined || Date.now() - this.#warnedAt < DAY_MS) return;
    const { expires } = this.#current;
    if (expiryOf(expires) === 'valid') return;
    this.#warnedAt = Date.now();
    this.#options.logger.warn(`the certificate ${expiryText(expires)}: renew it`);
  }

  /** Identifies the contents of the files, by what links lead to. */
  async #identify({ certificate, key }: CertificateFiles): Promise<string> {
    const paths = [certificate, key];
    const looks = paths.map(async written => {
      const path = secretPath(written, this.#options.environment) ?? '';
      return stat(path, { bigint: true }).then(
        ({ dev, ino, size, mtimeNs, ctimeNs }) => [path, dev, ino, size, mtimeNs, ctimeNs].join(':'),
        (error: NodeJS.ErrnoException) => `${path}:${error.code}`,
      );
    });
    return (await Promise.all(looks)).join(' ');
  }
}

/** What Node's TLS needs of it. */
type TlsCertificate = Pick<Certificate, 'cert' | 'key'> & { readonly minVersion: typeof OLDEST_TLS };

function tlsCertificate({ cert, key }: Certificate): TlsCertificate {
  return { cert, key, minVersion: OLDEST_TLS };
}

/** Seconds since 1970. */
function now(): number {
  return Date.now() / 1000;
}
