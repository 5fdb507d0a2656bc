// Says what is wrong with the files of `server.tls`, for `check`: the configuration that names them is valid all the same.

import { faultText, readCertificate } from '../tls/certificate.ts';
import { expiryOf, expiryText } from '../tls/expiry.ts';
import type { Config } from './config.ts';
import type { SecretOptions } from './users-file.ts';

/** Empty unless a person checks the configuration: the server looks at the files itself, and goes on while they are wrong. */
export async function certificateRemarks(
  { server: { tls } }: Config,
  { secrets, environment }: SecretOptions,
): Promise<readonly string[]> {
  if (tls === undefined || secrets !== 'check') return [];
  const read = await readCertificate(tls, environment);
  if ('certificate' in read) {
    const { expires } = read.certificate;
    return expiryOf(expires) === 'valid' ? [] : [`the certificate of server.tls ${expiryText(expires)}`];
  }
  const { fault } = read;
  return [
    fault.isOfOthers === true
      ? `server.tls is not checked: ${faultText(fault)}`
      : `no client can connect with this certificate: ${faultText(fault)}`,
  ];
}
