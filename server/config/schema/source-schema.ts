// Defines the key `source` of a dataset: words about how the data are produced, or a mapping that names another source of its rows.

import { z } from 'zod';
import { parseAddress } from '../../../dap/client/http/address.ts';
import { duration } from '../../../device/index.ts';
import { secretFile } from './access-schema.ts';
import { NATS_SOURCE } from './nats-schema.ts';

const EXPECTED_ADDRESS =
  'the address of a dataset on a DAP2 server, such as http://attic.local:8080/attic, without a constraint and without a password';

/** What is wrong about an address, without a secret that it may hold; undefined if nothing is. */
function addressFault(written: string): string | undefined {
  let url: URL;
  try {
    url = new URL(written);
  } catch {
    return /@/.test(written) ? 'a text that is no address' : JSON.stringify(written);
  }
  if (url.username !== '' || url.password !== '')
    return 'a user or a password, which belongs into a file that "credentials" names';
  if (url.search !== '' || url.hash !== '') return JSON.stringify(`${url.search}${url.hash}`);
  try {
    parseAddress(written);
    return undefined;
  } catch {
    return JSON.stringify(written);
  }
}

const address = z
  .string()
  .superRefine((written, context) => {
    const found = addressFault(written);
    if (found !== undefined)
      context.addIssue({ code: 'custom', params: { expected: EXPECTED_ADDRESS, found } });
  })
  .meta({
    description:
      'The dataset whose rows this one takes over: its address on a DAP2 server, with one Sequence that has a time.',
    expected: EXPECTED_ADDRESS,
  });

/** Seconds of the past that a relay without stored rows begins with. */
const DEFAULT_PAST = '1 d';

const dap2 = z
  .strictObject({
    dap2: address,
    credentials: secretFile(
      'The file with the credentials for that server: `USER:PASSWORD`, a token, or lines of .netrc; an absolute path, or the name of a credential (`LoadCredential=`). Other users of the machine may not read it.',
    ).optional(),
    past: duration(
      { low: 1, high: 100 * 366 * 86_400, orZero: true },
      'How far back the rows begin while none is stored; 0 begins with the next row.',
    ).prefault(DEFAULT_PAST),
  })
  .meta({ description: 'The rows of another DAP2 server: a relay.' });

/** A mapping for each kind of source. Its first key names the kind. */
const MAPPINGS = [dap2, NATS_SOURCE] as const;

/** The keys that name the kinds of sources. */
const SOURCE_KEYS: readonly string[] = MAPPINGS.map(({ shape }) => Object.keys(shape)[0]!);

export const SOURCE = z
  .union([...MAPPINGS, z.string().min(1)])
  .optional()
  .meta({
    description:
      "How the data are produced, such as the make of the sensors; by default the titles of the sensors' kinds. Or, in place of sensors, another source of the rows.",
    expected: `a text that is not empty, or a mapping with the key ${SOURCE_KEYS.join(' or ')}`,
  });

/** A source that is not the sensors of this machine. */
export type WrittenSource = Exclude<z.output<typeof SOURCE>, string | undefined>;

/** Whether a written value names another source of rows, rather than words about it. */
export function isOtherSource<Written>(source: Written): source is Exclude<Written, string | undefined> {
  return typeof source === 'object' && source !== null;
}
