import { describe, expect, it } from 'vitest';
import { parseDds } from '../../dap/index.ts';
import { describeDataset } from '../../web/describe.ts';
import { dataLinks, followCommand } from '../../web/links.ts';

const description = describeDataset(parseDds('Dataset { Sequence { Float64 time; } sensor; } d;'), new Map());

describe('the links to the data', () => {
  const links = dataLinks({ base: 'http://pi/host', constraint: '' }, description).map(({ href }) => href);

  it('lead to every response, rows by their number so that there is an end', () => {
    expect(links).toEqual([
      'http://pi/host.asc?sensor%5B0:1:9%5D',
      'http://pi/host.dods?sensor%5B0:1:9%5D',
      'http://pi/host.html',
      'http://pi/host.info',
      'http://pi/host.dds',
      'http://pi/host.das',
    ]);
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
});
