import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { LiveCertificate } from '../../../../server/tls/live-certificate.ts';
import { corpusDir, corpusNames } from '../../../corpus.ts';
import { serving } from '../../../serving.ts';
import { describeWith } from '../../../tools.ts';
import { CertificateFolder } from '../../tls/certificates.ts';
import { type ForeignColumn, ForeignServer } from './foreign-server.ts';
import { Relay } from './relays.ts';

const TIME: ForeignColumn = {
  type: 'Float64',
  name: 'time',
  attributes: ['String units "seconds since 1970-01-01";'],
};
const LEVEL: ForeignColumn = { type: 'Float64', name: 'level' };

const POLL = { timeout: 10_000, interval: 10 };

let undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

async function upstream(columns: readonly ForeignColumn[] = [TIME, LEVEL]): Promise<ForeignServer> {
  const server = await new ForeignServer(columns).start();
  undo.push(() => server.close());
  return server;
}

/** The reason why a relay of an address cannot be opened. */
async function reasonOf(address: string, options = {}): Promise<string> {
  const opened = await Relay.of(address, options).catch((error: unknown) => error);
  if (opened instanceof Relay) {
    await opened.close();
    throw new Error('expected a relay that cannot be opened');
  }
  expect(opened).toMatchObject({ name: 'SourceAway' });
  return (opened as Error).message;
}

describe('an address that cannot be relayed says why', () => {
  const answers: [string, (response: ServerResponse) => void, RegExp][] = [
    [
      'a text that is no DDS',
      response => void response.end('hello'),
      /^http:\S+\/station\.dds: DDS, line 1, column 1: expected "Dataset", found "hello"$/,
    ],
    [
      'a web page',
      response => void response.setHeader('content-type', 'text/html').end('<!doctype html><p>Sign in'),
      /\/station\.dds: answered with a web page \(HTML\), not a DAP2 response: is a login needed\?/,
    ],
    [
      'the status 404',
      response => void response.writeHead(404).end('no'),
      /\/station\.dds: expected HTTP status 200, found 404/,
    ],
    [
      'the status 401 without credentials',
      response => void response.writeHead(401).end('no'),
      /found 401; name a file with the credentials for that server in source\.credentials$/,
    ],
    [
      'an Error object',
      response => void response.writeHead(400).end('Error {\n code = 7;\n message = "no";\n};\n'),
      /\/station\.dds: no$/,
    ],
  ];
  it.each(answers)('%s', async (_what, answer, reason) => {
    const server = await upstream();
    server.habits = {
      kind: 'stream',
      instead: (_request, response) => {
        answer(response);
        return true;
      },
    };
    expect(await reasonOf(server.url)).toMatch(reason);
  });

  it.each([
    ['no time', [LEVEL], 'expected a column of times in the Sequence buoy, found none'],
    [
      'no numbers',
      [TIME, { type: 'String', name: 'a' }],
      'expected a column of numbers beside time, found String a',
    ],
    [
      'a time that is a duration',
      [{ ...TIME, attributes: ['String units "seconds";'] }, LEVEL],
      'expected a column of times whose units count from a date, found time in "seconds"',
    ],
  ] as [string, ForeignColumn[], string][])('a dataset with %s', async (_what, columns, reason) => {
    const server = await upstream(columns);
    expect(await reasonOf(server.url)).toBe(`${server.url}: ${reason}`);
  });

  it.each(corpusNames())('a recorded dataset of a real server, or takes it over: %s', async name => {
    const server = await upstream();
    const recorded = (suffix: string) => readFileSync(join(corpusDir, 'testdata3', `${name}${suffix}`));
    server.habits = {
      kind: 'stream',
      instead: ({ url = '' }, response) => {
        response.end(recorded(/\.(?:dds|das|dods)/.exec(url)![0]));
        return true;
      },
    };
    expect(await reasonOf(server.url)).toMatch(/station(?:\.dds)?: expected /);
  });

  it('Arrays', async () => {
    const server = await upstream();
    server.habits = {
      kind: 'stream',
      instead: ({ url = '' }, response) => {
        if (!url.includes('.dds')) return false;
        response.end('Dataset {\n    Float64 sst[time = 3];\n} station;\n');
        return true;
      },
    };
    expect(await reasonOf(server.url)).toBe(
      `${server.url}: expected a dataset with one Sequence, found Array sst`,
    );
  });

  it('a server that is away, or that speaks another protocol', async () => {
    const server = createServer(socket => {
      socket.on('error', () => {}).once('data', () => socket.end('220 mail\r\n').destroySoon());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}/a`;
    expect(await reasonOf(address)).toMatch(/: expected a server that speaks HTTP, found another protocol/);
    server.close();
    await once(server, 'close');
    expect(await reasonOf(address)).toMatch(
      new RegExp(`^${address}: no server listens there: connect ECONNREFUSED`),
    );
  });
});

describeWith('openssl', 'a server whose certificate is not trusted', () => {
  it('is named with what is wrong', async () => {
    const folder = new CertificateFolder();
    undo.push(() => folder.remove());
    const silent = { info: () => {}, warn: () => {}, error: () => {} };
    const pair = folder.make('pair');
    const certificate = new LiveCertificate({ files: () => pair, environment: {}, logger: silent });
    await certificate.look();
    const server = await serving({ certificate });
    undo.push(async () => {
      certificate.close();
      await server.close();
    });
    expect(await reasonOf(`${server.url}/roberrypi`)).toMatch(
      /roberrypi: its certificate is not trusted: self-signed/,
    );
  });
});

describe('the credentials of a relay', () => {
  let folder: string;
  const file = (text: string, mode = 0o600) => {
    folder = mkdtempSync(join(tmpdir(), 'dapberry-credentials-'));
    undo.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'attic');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  /** A server that lets nobody in but with this header. */
  async function guarded(authorization: () => string): Promise<ForeignServer> {
    const server = await upstream();
    server.habits = {
      kind: 'stream',
      instead: ({ headers }, response) => {
        if (headers.authorization === authorization()) return false;
        response.writeHead(401).end();
        return true;
      },
    };
    return server;
  }

  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['a user with a password', 'ann:s3cr:et\n', basic('ann:s3cr:et')],
    ['a token', 'ann.s3cret\n', 'Bearer ann.s3cret'],
    ['lines of .netrc', 'machine 127.0.0.1 login ann password s3cret\n', basic('ann:s3cret')],
  ])('are %s', async (_what, text, header) => {
    const server = await guarded(() => header);
    const relay = await Relay.of(server.url, { credentials: file(text) });
    undo.push(() => relay.close());
    await expect.poll(() => server.streams, POLL).toBe(1);
  });

  it('may be one of systemd', async () => {
    const server = await guarded(() => basic('ann:s3cret'));
    file('ann:s3cret', 0o644);
    const relay = await Relay.of(server.url, {
      credentials: 'attic',
      environment: { CREDENTIALS_DIRECTORY: folder },
    });
    undo.push(() => relay.close());
    await expect.poll(() => server.streams, POLL).toBe(1);
  });

  it('are read again when the server does not accept them any more', async () => {
    let password = 'old';
    const server = await guarded(() => basic(`ann:${password}`));
    const credentials = file('ann:old');
    const relay = await Relay.of(server.url, { credentials });
    undo.push(() => relay.close());
    await expect.poll(() => server.streams, POLL).toBe(1);
    password = 'new';
    await server.close();
    await server.start();
    await expect.poll(() => relay.status.state, POLL).toBe('away');
    await expect
      .poll(() => relay.status.lastError?.message, POLL)
      .toMatch(/found 401; the server does not accept the credentials of \S+attic$/);
    writeFileSync(credentials, 'ann:new');
    await expect.poll(() => relay.status.state, POLL).toBe('following');
    expect(JSON.stringify([relay.status, relay.events])).not.toMatch(/ann:|new"|old"/);
  });

  it.each([
    [
      'that is not there',
      () => '/nowhere/attic',
      /^\S+: credentials \/nowhere\/attic: expected the path of a file .*, found none$/,
    ],
    [
      'that others may read',
      () => file('ann:s3cret', 0o644),
      /expected a file that other users of this machine may not read, found the rights 644; run: sudo chmod o= /,
    ],
    [
      'with several lines',
      () => file('ann:s3cret\nbob:x\n'),
      /expected a line USER:PASSWORD, a token, or lines of \.netrc, found several lines$/,
    ],
    [
      'without a login for the server',
      () => file('machine other login a password s3cret'),
      /expected a login for 127\.0\.0\.1, found none$/,
    ],
    [
      'that is no path, without credentials of systemd',
      () => 'attic',
      /found a name, and no credentials in \$CREDENTIALS_DIRECTORY$/,
    ],
  ])('in a file %s are refused without their secret', async (_what, credentials, reason) => {
    const server = await upstream();
    const message = await reasonOf(server.url, { credentials: credentials() });
    expect(message).toMatch(reason);
    expect(message).not.toContain('s3cret');
  });
});
