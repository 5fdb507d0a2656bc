import { afterEach, describe, expect, it } from 'vitest';
import { type Serving, serving } from '../../serving.ts';
import { RawClient } from '../raw-client.ts';

let server: Serving;
afterEach(() => server.close());

describe('a request that cannot be read', () => {
  it('is not answered in the place of a good one before it', async () => {
    server = await serving();
    const client = new RawClient(server.port);
    client.say('GET /health HTTP/1.1\r\nHost: pi\r\n\r\nNONSENSE\r\n\r\n');
    await client.end();
    expect(client.bytes.toString()).not.toMatch(/^HTTP\/1\.1 400/);
    const other = new RawClient(server.port);
    await other.say('NONSENSE\r\n\r\n').end();
    expect(other.bytes.toString()).toMatch(/^HTTP\/1\.1 400/);
  });
});
