// Short texts that the program reads from others: logins, users, addresses, headers, and the ids of events.

import { credentialsOf, parseAuthorization } from '../../../server/access/credentials.ts';
import { parseHash } from '../../../server/access/password-hash.ts';
import { parseUsers } from '../../../server/access/users.ts';
import { readEventId } from '../../../server/formats/event-id.ts';
import { parseNetrc } from '../../../server/machine/netrc.ts';
import { AddressList, isAddressEntry } from '../../../server/network/address-list.ts';
import { isHostEntry, isOwnHost } from '../../../server/network/host-list.ts';
import { clientNetwork, ipOf } from '../../../server/network/ip-address.ts';
import { RequestError } from '../../../server/request-error.ts';
import { allows, bytesOfText, type Target, textOfBytes } from '../target.ts';

const HASH = `$scrypt$ln=15,r=8,p=1$${'a'.repeat(22)}$${'b'.repeat(43)}`;

const SEEDS = [
  'machine roof.local login me password "secret \\" word"\ndefault login anonymous password x\n',
  `# who may read\nanna: ${HASH}\nbob: ${HASH}\n`,
  HASH,
  `Basic ${Buffer.from('anna:geheim').toString('base64')}`,
  'Bearer dapb_abcdefghijklmnop',
  '192.168.1.7',
  '192.168.0.0/16',
  '2001:db8::/32',
  '::ffff:10.0.0.1',
  'fe80::1%eth0',
  'roof.local:8080',
  '[::1]:8080',
  '*.example.org',
  '1795226334.25',
  '1795226334.25 17 <1795226400',
  'end',
];

export const smallTexts: Target = {
  name: 'small-texts',
  seeds: () => SEEDS.map(bytesOfText),
  run(bytes) {
    const text = textOfBytes(bytes);
    parseNetrc(text, 'roof.local');
    const { users, mistakes } = parseUsers(text);
    if (users.size === 0 && mistakes.length === 0 && /^[^#\s]/m.test(text))
      throw new Error('expected users or mistakes of a text that is not empty');
    parseHash(text);
    parseAuthorization(text);
    allows([RequestError], () =>
      credentialsOf({
        headers: { authorization: text, cookie: text },
        rawHeaders: ['Authorization', text],
      } as never),
    );
    ipOf(text);
    if (ipOf(text) !== undefined) clientNetwork(text);
    isOwnHost(text, ['roof.local']);
    isHostEntry(text);
    // What the configuration accepts can be used.
    if (isAddressEntry(text)) new AddressList(() => [text]).has('10.0.0.1');
    allows([RequestError], () => readEventId(text));
  },
};
