// Examines the certificate that the configuration names, and the one that the running server uses.

import type { AnsweringServer } from '../../machine/answering-server.ts';
import type { Machine } from '../../machine/machine.ts';
import { type CertificateFiles, faultText, readCertificate } from '../../tls/certificate.ts';
import { expiryOf, expiryText } from '../../tls/expiry.ts';
import { type Finding, fix, note, ok } from './finding.ts';

const SUBJECT = 'certificate';

export async function examineCertificate(
  { configuration: { environment } }: Machine,
  files: CertificateFiles | undefined,
): Promise<readonly Finding[]> {
  if (files === undefined) return [];
  const read = await readCertificate(files, environment);
  if ('certificate' in read) return [expiryFinding(files.certificate, read.certificate.expires)];
  const { fault } = read;
  const text = faultText(fault);
  if (fault.isOfOthers === true) return [note(SUBJECT, `not examined: ${text}`, 'sudo dapberry doctor')];
  return [fix(SUBJECT, text, 'correct the files: the server reads them within seconds, without a restart')];
}

/** The running server may use another one than its files hold now. */
export function examineRunningCertificate({ certificate }: AnsweringServer): readonly Finding[] {
  if (certificate === undefined) return [];
  const { expires, problem } = certificate;
  const faults =
    problem === undefined
      ? []
      : [fix(SUBJECT, `the server cannot use its files: ${problem}`, 'correct them')];
  return expires === undefined ? faults : [...faults, expiryFinding('the running server', expires)];
}

function expiryFinding(whose: string, expires: number): Finding {
  const text = `${whose}: ${expiryText(expires)}`;
  switch (expiryOf(expires)) {
    case 'valid':
      return ok(SUBJECT, text);
    case 'expiring':
      return note(
        SUBJECT,
        text,
        'renew it: see that the renewal runs, and copies the files (docs/access.md)',
      );
    case 'expired':
      return fix(SUBJECT, text, 'renew it');
  }
}
