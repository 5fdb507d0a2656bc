// Tests how a machine signs in at a real server of NATS: over TLS, with the seed of an nkey, and with a .creds file.

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { describeWith } from '../../tools.ts';
import { CertificateFolder } from '../tls/certificates.ts';
import { now, rowsFrom, sinkRows } from './fleet.ts';
import type { NatsServer } from './nats-server.ts';
import { broker, closeAfterEach, closing, faultOf, session, signal, taken } from './rig.ts';

closeAfterEach();

const { createAccount, createOperator, createUser } = nkeys;
type KeyPair = ReturnType<typeof createUser>;

const seedOf = (key: KeyPair) => new TextDecoder().decode(key.getSeed());

/** A file that only this user may read. */
async function secret(server: NatsServer, text: string): Promise<string> {
  const file = join(server.folder, 'secret');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

/** Sends rows, which needs JetStream for this user. */
async function send(servers: string[], options: object): Promise<void> {
  const one = await session(servers, 'roof', options);
  expect(await one.send(sinkRows(rowsFrom(now() - 5, 5)), signal, taken)).toBeUndefined();
  // Another one with the same file would share its connection.
  await one.close();
}

/** A token of NATS, signed by `issuer` (JSON Web Token with the algorithm ed25519-nkey). */
function token(issuer: KeyPair, subject: KeyPair, type: string, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ typ: 'JWT', alg: 'ed25519-nkey' });
  const body = part({
    jti: randomBytes(16).toString('hex').toUpperCase(),
    iat: now(),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: type,
    nats: { ...claims, type, version: 2 },
  });
  const signature = Buffer.from(issuer.sign(new TextEncoder().encode(`${head}.${body}`))).toString(
    'base64url',
  );
  return `${head}.${body}.${signature}`;
}

describeWith(['nats-server', 'openssl'], 'signing in at a server of NATS', () => {
  it('works over TLS with an authority of its own, and says that a certificate is not to be trusted', async () => {
    const folder = new CertificateFolder();
    closing({ close: async () => folder.remove() });
    const { certificate, key } = folder.make('server');
    const other = folder.make('other');
    const server = await broker({ config: `tls { cert_file: "${certificate}", key_file: "${key}" }` });
    const url = server.url.replace('nats:', 'tls:');
    await send([url], { ca: certificate });
    const fault = await faultOf(session([url], 'roof', { ca: other.certificate }));
    expect(fault).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/certificate/i) });
    expect(await faultOf(session([url]))).toMatchObject({ message: expect.stringMatching(/certificate/i) });
  });

  it('tells no password to a server without TLS at an address that asks for it', async () => {
    const server = await broker({ config: 'authorization { user: pi, password: secret }' });
    const credentials = await secret(server, 'pi:secret');
    const url = server.url.replace('nats:', 'tls:');
    expect(await faultOf(session([url], 'roof', { credentials }))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(/expected TLS.*nats:\/\//),
    });
    await send([server.url], { credentials });
  });

  it('works with the seed of an nkey', async () => {
    const user = createUser();
    const server = await broker({
      config: `authorization { users: [{ nkey: ${user.getPublicKey()} }] }`,
    });
    await send([server.url], { credentials: await secret(server, `${seedOf(user)}\n`) });
    const credentials = await secret(server, seedOf(createUser()));
    const fault = await faultOf(session([server.url], 'roof', { credentials }));
    expect(fault).toMatchObject({ kind: 'credentials', message: expect.stringContaining(credentials) });
    expect(fault.message).not.toContain(seedOf(user));
  });

  it('works with a .creds file', async () => {
    const [operator, account, system] = [createOperator(), createAccount(), createAccount()];
    const user = createUser();
    const all = { subs: -1, data: -1, payload: -1 };
    const limits = {
      ...{ ...all, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 },
      ...{ mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
    };
    const accountToken = token(operator, account, 'account', { limits, default_permissions: {} });
    const server = await broker({
      config: [
        `operator: ${token(operator, operator, 'operator', {})}`,
        'resolver: MEMORY',
        `system_account: ${system.getPublicKey()}`,
        'resolver_preload: {',
        `${account.getPublicKey()}: ${accountToken}`,
        `${system.getPublicKey()}: ${token(operator, system, 'account', { limits: { ...limits, mem_storage: 0, disk_storage: 0 } })}`,
        '}',
      ].join('\n'),
    });
    const credsOf = (key: KeyPair) =>
      [
        '-----BEGIN NATS USER JWT-----',
        token(account, user, 'user', { ...all, pub: {}, sub: {} }),
        '------END NATS USER JWT------',
        '',
        '-----BEGIN USER NKEY SEED-----',
        seedOf(key),
        '------END USER NKEY SEED------',
        '',
      ].join('\n');
    await send([server.url], { credentials: await secret(server, credsOf(user)) });
    // A key that the token was not made for.
    const credentials = await secret(server, credsOf(createUser()));
    expect(await faultOf(session([server.url], 'roof', { credentials }))).toMatchObject({
      kind: 'credentials',
    });
    await secret(server, '-----BEGIN NATS USER JWT-----\nhalf a file\n');
    expect(await faultOf(session([server.url], 'roof', { credentials }))).toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('unable to parse credentials'),
    });
  });
});
