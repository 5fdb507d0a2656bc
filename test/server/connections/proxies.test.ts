import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { AddressList, isAddressEntry } from '../../../server/network/address-list.ts';
import { clientNetwork, ipOf } from '../../../server/network/ip-address.ts';
import { type Serving, type ServingOptions, serving } from '../../serving.ts';
import { RawClient } from '../raw-client.ts';

let server: Serving | undefined;
const clients: RawClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map(one => one.leave()));
  await server?.close();
  server = undefined;
});

async function start(options: ServingOptions): Promise<void> {
  server = await serving(options);
}

/** The status of a stream that is asked for through a proxy on this machine, and stays open. */
async function statusFor(forwarded: string, path = '/roberrypi.dods'): Promise<number> {
  const one = new RawClient(server!.port);
  clients.push(one);
  one.say(`GET ${path} HTTP/1.1\r\nHost: pi\r\nX-Forwarded-For: ${forwarded}\r\n\r\n`);
  await one.until(() => one.bytes.includes('\r\n\r\n'));
  return Number(one.bytes.toString('latin1').split(' ')[1]);
}

const limits = { maxStreamsPerAddress: 1 };

describe('streams through a proxy', () => {
  it('are counted for the client that the proxy names', async () => {
    await start({ limits });
    expect(await statusFor('192.0.2.1')).toBe(200);
    expect(await statusFor('192.0.2.2')).toBe(200);
    expect(await statusFor('192.0.2.1')).toBe(503);
    // What the client says itself comes before what the proxy adds.
    expect(await statusFor('192.0.2.77, 192.0.2.2')).toBe(503);
    expect(await statusFor('192.0.2.2, 192.0.2.3')).toBe(200);
    // Two proxies in a row on this machine.
    expect(await statusFor('192.0.2.3, 127.0.0.1')).toBe(503);
  });

  it('are counted in the metrics as what the client is', async () => {
    await start({ limits });
    await statusFor('192.168.7.9');
    await statusFor('2001:db8::1');
    const { body } = await server!.app.inject('/metrics');
    const open = (client: string) =>
      new RegExp(
        `^dapberry_streams_open\\{dataset="roberrypi",encoding="dods",client="${client}"\\} (\\d+)$`,
        'm',
      ).exec(body)?.[1];
    expect(['loopback', 'private', 'public'].map(open)).toEqual(['0', '1', '1']);
  });

  it('are counted by their /64 where they come by IPv6, with ports and brackets or without', async () => {
    await start({ limits });
    expect(await statusFor('2001:db8:1:2::1')).toBe(200);
    expect(await statusFor('2001:db8:1:2:ffff::9')).toBe(503);
    expect(await statusFor('[2001:db8:1:2::3]:4711')).toBe(503);
    expect(await statusFor('2001:db8:1:3::1')).toBe(200);
    expect(await statusFor('192.0.2.1:5000')).toBe(200);
    expect(await statusFor('192.0.2.1:5001')).toBe(503);
    expect(await statusFor('::ffff:192.0.2.1')).toBe(503);
  });

  it.each(['unknown', 'secret', '', ',,,', '192.0.2.999', '\xff'])(
    'are counted for the proxy where it names no address but %j',
    async forwarded => {
      await start({ limits });
      expect(await statusFor('127.0.0.1')).toBe(200);
      expect(await statusFor(forwarded)).toBe(503);
    },
  );

  it.each<[string, readonly string[]]>([
    ['no peer is trusted', []],
    ['other peers are trusted', ['10.0.0.0/8', 'uniquelocal', '127.0.0.2']],
  ])('are counted for the peer, whatever it says, where %s', async (_, trustProxy) => {
    await start({ limits, trustProxy });
    expect(await statusFor('192.0.2.1')).toBe(200);
    expect(await statusFor('192.0.2.2')).toBe(503);
  });
});

describe('a stream that no row can meet', () => {
  const never = ['/roberrypi.dods?&time>=now%2B3650days', '/roberrypi.asc?&temperature>1e9'];

  it.each([
    ['of its own address', { maxStreamsPerAddress: 4 }, '192.0.2.1'],
    ['of others', { maxStreams: 4 }, '192.0.2.2'],
  ])('gives its place to another client when places %s are short', async (_, limits, address) => {
    await start({ limits });
    for (const path of [...never, '/roberrypi.dods', '/roberrypi.asc'])
      expect(await statusFor('192.0.2.1', path)).toBe(200);
    const [first, second, live, text] = clients as [RawClient, RawClient, RawClient, RawClient];
    // Not at once: rows may be rare.
    let refused = 0;
    while ((await statusFor(address)) === 503) refused += 1;
    await first.end();
    // It must not look complete.
    expect(first.bytes.includes('\r\n0\r\n')).toBe(false);
    while ((await statusFor(address)) === 503) refused += 1;
    await second.end();
    // Those that get rows stay.
    for (const one of [live, text]) {
      const { length } = one.bytes;
      await one.until(() => one.bytes.length > length + 200);
    }
    expect(await statusFor(address)).toBe(503);
    const health = (await server!.app.inject('/health')).json<Record<string, number>>();
    expect(health).toMatchObject({ streams: 4, displaced: 2, refused: refused + 1 });
    const { body } = await server!.app.inject('/metrics');
    expect(body).toMatch(
      /^dapberry_streams_ended_total\{dataset="roberrypi",encoding="ascii",client="public",reason="displaced"\} 1$/m,
    );
  });

  it('does so at interval 0 too, where it would read rows for ever', async () => {
    await start({ interval: 0, limits: { maxStreams: 1 } });
    expect(await statusFor('192.0.2.1', '/roberrypi.dods?&temperature>1e9')).toBe(200);
    while ((await statusFor('192.0.2.2')) === 503) await turn();
    await clients[0]!.end();
  });

  it('does so at once where rows are rare, if it waits for a time that is far away', async () => {
    await start({ interval: 3600, limits: { maxStreams: 2 } });
    expect(await statusFor('192.0.2.1', '/roberrypi.dods?&temperature>1e9')).toBe(200);
    expect(await statusFor('192.0.2.1', never[0])).toBe(200);
    while ((await statusFor('192.0.2.2')) === 503) await turn();
    await clients[1]!.end();
    expect(clients[0]!.isEnded).toBe(false);
  });

  it('keeps its place while there are others', async () => {
    await start({ limits: { maxStreams: 3 } });
    expect(await statusFor('192.0.2.1', never[0])).toBe(200);
    const live = new RawClient(server!.port).ask('/roberrypi.dods');
    clients.push(live);
    await live.until(() => live.answers[0]!.body.length > 28 * 60);
    expect(await statusFor('192.0.2.1')).toBe(200);
    expect(clients[0]!.isEnded).toBe(false);
  });
});

describe('addresses', () => {
  it('are read as proxies and sockets write them', () => {
    const written = ['192.0.2.1', ' 192.0.2.1 ', '192.0.2.1:80', '::ffff:192.0.2.1', '[::ffff:c000:201]:1'];
    expect(written.map(ipOf)).toEqual(written.map(() => '192.0.2.1'));
    expect(['2001:DB8:0:0::1', 'fe80::1%eth0', '[::1]'].map(ipOf)).toEqual(['2001:db8::1', 'fe80::1', '::1']);
    expect(['', 'pi', '1.2.3', '1.2.3.4.5', ':', '[]', '1.2.3.4:x', '::g', undefined].map(ipOf)).toEqual(
      Array(9).fill(undefined),
    );
  });

  it('of one machine count as one client', () => {
    const networks = ['192.0.2.1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::', '::1', '2001:db8::1', 'fe80::9'];
    expect(networks.map(clientNetwork)).toEqual([
      '192.0.2.1',
      '2001:db8:1:2::/64',
      '2001:db8:1:2::/64',
      '0:0:0:0::/64',
      '2001:db8:0:0::/64',
      'fe80:0:0:0::/64',
    ]);
  });

  it('of proxies are names, addresses and networks', () => {
    const right = [
      'loopback',
      'uniquelocal',
      'linklocal',
      '10.1.2.3',
      '10.0.0.0/8',
      'fd00::/8',
      '::1',
      '::ffff:10.0.0.0/104',
    ];
    expect(right.filter(entry => !isAddressEntry(entry))).toEqual([]);
    const wrong = [
      '',
      'localhost',
      '10.0.0.0/0',
      '10.0.0.0/33',
      '::/0',
      '::/129',
      '10.0.0.0/8/8',
      '10.0.0/8',
      'fe80::1%eth0',
      '*',
      '10.0.0.0/255.0.0.0',
      '::ffff:10.0.0.0/96',
      'constructor',
    ];
    expect(wrong.filter(isAddressEntry)).toEqual([]);
    const proxies = new AddressList(() => right);
    expect(
      ['127.0.0.1', '::ffff:127.9.9.9', '::1', '10.200.0.1', '::ffff:10.1.1.1', 'fd12::1'].map(peer =>
        proxies.has(peer),
      ),
    ).toEqual(Array(6).fill(true));
    expect(
      ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', undefined, 'pi'].map(peer => proxies.has(peer)),
    ).toEqual(Array(5).fill(false));
  });
});
