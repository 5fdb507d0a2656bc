import { describe, expect, it } from 'vitest';
import { addressClassOf } from '../../../server/network/address-class.ts';

describe('the class of an address', () => {
  it.each([
    ['loopback', ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', '/run/dapberry.sock', undefined]],
    [
      'private',
      [
        '10.1.2.3',
        '172.16.0.1',
        '172.31.255.255',
        '192.168.178.20',
        '::ffff:192.168.0.7',
        '169.254.3.4',
        '100.101.102.103',
        'fd12:3456::1',
        'fe80::dead:beef%wlan0',
      ],
    ],
    [
      'public',
      ['8.8.8.8', '172.32.0.1', '192.169.0.1', '100.128.0.1', '::ffff:8.8.8.8', '2001:db8::1', '::2'],
    ],
  ])('is %s', (expected, addresses) => {
    expect(addresses.map(address => [address, addressClassOf(address)])).toEqual(
      addresses.map(address => [address, expected]),
    );
  });
});
