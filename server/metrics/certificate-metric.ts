// Makes the metric of the certificate: when it expires, if the server has one.

import type { CertificateStatus } from '../tls/live-certificate.ts';
import type { MetricFamily } from './exposition.ts';

export function certificateMetric(certificate: CertificateStatus | undefined): MetricFamily {
  const { expires } = certificate ?? {};
  return {
    name: 'dapberry_certificate_expires_timestamp_seconds',
    type: 'gauge',
    help: 'When the certificate of the server expires, in seconds since 1970; absent without a certificate.',
    samples: expires === undefined ? [] : [{ value: expires }],
  };
}
