// Adds the credentials of the environment to requests: the command line of a process can be read by every user of a machine.

import type { Fetch } from '../../dap/client/http/connection.ts';

/**
 * A `fetch` with the token `$DAPBERRY_TOKEN`, or with `$DAPBERRY_USER` and `$DAPBERRY_PASSWORD`; undefined without these. Credentials in
 * an address come first.
 * @throws a sentence for a person where they do not fit together
 */
export function fetchWithCredentials(
  environment: Readonly<Record<string, string | undefined>>,
  fetchIt: Fetch = fetch,
): Fetch | undefined {
  const authorization = authorizationIn(environment);
  if (authorization === undefined) return undefined;
  return (address, init) => fetchIt(address, { ...init, headers: { authorization, ...init.headers } });
}

function authorizationIn(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const {
    DAPBERRY_TOKEN: token = '',
    DAPBERRY_USER: user = '',
    DAPBERRY_PASSWORD: password = '',
  } = environment;
  if (token !== '' && (user !== '' || password !== ''))
    throw new Error('expected either $DAPBERRY_TOKEN or $DAPBERRY_USER and $DAPBERRY_PASSWORD, found both');
  if ((user === '') !== (password === '')) {
    const [found, missing] = user === '' ? ['PASSWORD', 'USER'] : ['USER', 'PASSWORD'];
    throw new Error(`expected $DAPBERRY_${missing} beside $DAPBERRY_${found}, found none`);
  }
  if (user.includes(':')) throw new Error('expected a user without a colon in $DAPBERRY_USER, found one');
  if (!/^[\x21-\x7e]*$/.test(token))
    throw new Error('expected a token of ASCII characters without spaces in $DAPBERRY_TOKEN, found others');
  if (token !== '') return `Bearer ${token}`;
  return user === '' ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
