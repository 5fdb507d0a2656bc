// Defines the keys that name an MQTT broker: its address, and the files with passwords and certificates.

import { z } from 'zod';

const EXPECTED_URL = 'mqtt://HOST, mqtts://HOST or either with :PORT, without a user';

const URL_FORM = /^mqtts?:\/\/(\[[0-9a-fA-F:.]+\]|[^/\s@?#:[\]]+)(:\d{1,5})?\/?$/;

const FILE = 'an absolute path, or the name of a credential of the service';

/** A path, or a name for LoadCredential=. */
const file = (description: string) =>
  z
    .string()
    .regex(/^(?:\/[^\0]*[^\0/]|[\w-][\w.-]*)$/)
    .optional()
    .meta({ description, expected: FILE });

export const BROKER_SHAPE = {
  url: z
    .string()
    .superRefine((url, context) => {
      if (URL_FORM.test(url)) return;
      const hint = /\/\/[^/]*@/.test(url)
        ? 'put the user and the password into a file, and name it with "credentials"'
        : /^[\w.-]+(:\d+)?$/.test(url)
          ? `write mqtt://${url}`
          : undefined;
      context.addIssue({ code: 'custom', params: hint === undefined ? {} : { hint } });
    })
    .optional()
    .meta({
      description:
        'The broker: `mqtt://` (port 1883), or `mqtts://` with TLS (port 8883). The broker has to have a certificate for this name.',
      expected: EXPECTED_URL,
    }),
  credentials: file(
    'The file with the user and the password, `USER:PASSWORD` in one line, which other users of the machine may not read: an absolute path, or the name of a credential (`LoadCredential=`).',
  ),
  ca: file(
    "The file of the broker's certificate authority, as PEM, for a certificate of your own; by default the authorities that Node knows.",
  ),
  certificate: file('The file of the certificate by which this machine proves who it is, as PEM.'),
  key: file('The file of the private key of `certificate`, as PEM without a passphrase.'),
  clientId: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('The client identifier, for brokers that ask for a certain one; by default a random one.'),
};

/** A broker, and how to log in there. */
export interface BrokerOptions {
  readonly url: string;
  readonly credentials?: string | undefined;
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly clientId?: string | undefined;
}
