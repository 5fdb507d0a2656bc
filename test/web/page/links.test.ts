import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { DAP2_FORMATS, hasRows, parseDds } from '../../../dap/index.ts';
import { dataLinks, followCommand } from '../../../web/page/links.ts';
import { wantedDatasets } from '../../../web/stream/address.ts';
import { describeDataset } from '../../../web/stream/describe.ts';

const description = describeDataset(parseDds('Dataset { Sequence { Float64 time; } sensor; } d;'), new Map());

describe('the links to the data', () => {
  const links = dataLinks({ base: 'http://pi/host', constraint: '' }, description, DAP2_FORMATS);

  it('lead to every response, rows by their number so that there is an end', () => {
    expect(links.map(({ href }) => href)).toEqual(
      DAP2_FORMATS.map(
        format => `http://pi/host${format.suffix}${hasRows(format) ? '?sensor%5B0:1:9%5D' : ''}`,
      ),
    );
    expect(links.map(({ href }) => href)).toContain('http://pi/host.asc?sensor%5B0:1:9%5D');
  });

  it('have no password', () => {
    const address = { base: 'http://me:secret@pi/host', constraint: '' };
    expect(dataLinks(address, description, DAP2_FORMATS)).toEqual(links);
  });
});

describe('the line for the terminal', () => {
  it('follows the rows', () => {
    expect(followCommand({ base: 'http://pi:8080/host', constraint: '' })).toBe(
      'curl -N http://pi:8080/host.asc',
    );
  });

  it('is quoted where a shell would read it otherwise, and has no password', () => {
    const address = { base: 'http://me:secret@pi/host', constraint: 's.time&s.name="it\'s $(reboot)"' };
    expect(followCommand(address)).toBe(
      "curl -N 'http://pi/host.asc?s.time&s.name=%22it%27s%20$(reboot)%22'",
    );
  });

  it.each([
    "x'$(id)'",
    "x';id;'",
    'x"`id`"',
    'x$(id)\\',
    'x&id',
    'x|id',
    "x?a'$(id)'&b>{1,2}",
    'x\nid',
    'x\r\nid\u0000',
    'x\u202eid\u2066\u200b',
    'x\u2028id',
    "x?\n'id",
    'x?\u202e\ud800',
    '~/x',
    '[a-z]?b[0:1]',
    '!x #y *',
    "user:pass'$(id)@evil/",
  ])('is one word to a shell, whatever the address is: %j', place => {
    const [address] = wantedDatasets(
      `http://pi/?url=${encodeURIComponent(`http://evil/${place}`.replace(/\p{Cs}/gu, '\ufffd'))}`,
    ).datasets;
    const command = followCommand(address!);
    expect(command).toMatch(/^[ -~]+$/);
    const words = execFileSync('sh', ['-c', `set -f; curl() { printf '%s\\n' "$@"; }; ${command}`], {
      encoding: 'utf8',
    });
    const [option, url = '', ...more] = words.trimEnd().split('\n');
    expect([option, more]).toEqual(['-N', []]);
    expect(new URL(url).host).toBe('evil');
    // curl would take a range or an alternative for several addresses.
    expect(url.replace('//', '')).not.toMatch(/[[\]{}]/);
  });
});
