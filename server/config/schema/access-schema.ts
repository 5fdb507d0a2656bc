// Defines the keys that say who may reach the server: addresses of clients, and names of the server.

import { z } from 'zod';
import { isAddressEntry } from '../../network/address-list.ts';
import { isHostEntry } from '../../network/host-list.ts';

export const ADDRESS_ENTRY =
  'loopback, linklocal, uniquelocal, an IP address or a network such as 192.168.7.0/24';

export const addressEntry = z
  .string()
  .refine(isAddressEntry, ADDRESS_ENTRY)
  .meta({ expected: ADDRESS_ENTRY });

const HOST_ENTRY = '"*", or the name of this server such as pi.example.org or *.example.org, without a port';

const FILE = 'an absolute path, or the name of a credential of the service';

/** A path, or a name for LoadCredential=. */
export const secretFile = (description: string) =>
  z
    .string()
    .regex(/^(?:\/[^\0]*[^\0/]|[\w-][\w.-]*)$/)
    .meta({ description, expected: FILE });

/** Keys of `server`. */
export const ACCESS_SHAPE = {
  allow: z
    .array(addressEntry)
    .min(1)
    .optional()
    .describe(
      'Clients that may connect, besides programs on this machine; by default all. Behind a proxy of `trustProxy`, the client that it names.',
    ),
  hosts: z
    .array(z.string().refine(isHostEntry, HOST_ENTRY).meta({ expected: HOST_ENTRY }))
    .min(1)
    .optional()
    .describe(
      'Names of this server that requests may use in their `Host` header, besides IP addresses, localhost and the name of the machine; by default all. Required beside restricted `cors.origins`; * allows all.',
    ),
  tls: z
    .strictObject({
      certificate: secretFile(
        'The file of the certificate and of those up to the root, as PEM: an absolute path, or the name of a credential (`LoadCredential=`).',
      ),
      key: secretFile(
        'The file of the private key, as PEM without a passphrase, which other users of the machine may not read: a path or a name likewise.',
      ),
    })
    .optional()
    .describe(
      'Speak https with this certificate, and no plain HTTP; the files are read again when they change.',
    ),
};

export const ACCESS = z
  .strictObject({
    users: secretFile(
      'The file of the users, which `dapberry password` fills: an absolute path, or the name of a credential (`LoadCredential=`).',
    ),
    public: z
      .array(z.enum(['health', 'metrics']))
      .default([])
      .describe('Addresses that answer everyone in full: `/health`, `/metrics`.'),
  })
  .optional()
  .describe(
    'Who may read; by default everyone. With it, users with a password, and everyone the public datasets.',
  );

interface WrittenHosts {
  readonly hosts?: readonly string[] | undefined;
  readonly cors: { readonly origins: readonly string[] };
}

/** Without `hosts`, a page of any origin could read through a name of its own that it rebinds to this server's address. */
export function refineHosts({ hosts, cors: { origins } }: WrittenHosts, context: z.RefinementCtx): void {
  if (hosts !== undefined || origins.includes('*')) return;
  context.addIssue({
    code: 'custom',
    path: ['cors', 'origins'],
    params: {
      expected: 'server.hosts with the names of this server beside restricted origins ("*" accepts any name)',
      found: 'no server.hosts, without which pages of other origins can read by DNS rebinding',
    },
  });
}
