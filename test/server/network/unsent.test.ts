import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UnsentBytes } from '../../../server/network/unsent.ts';

const TITLE = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n';

describe('bytes that a client has not acknowledged', () => {
  it.runIf(process.platform === 'linux').each(['127.0.0.1', '::'])(
    'are found for a connection to %s, and get fewer as it reads',
    async host => {
      const server = createServer().listen(0, host);
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const client = connect(port, '127.0.0.1').pause();
      const [socket] = (await once(server, 'connection')) as [Socket];
      while (socket.write(Buffer.alloc(2 ** 16)) || socket.writableLength < 2 ** 16);
      await expect.poll(() => UnsentBytes.read().of(socket)).toBeGreaterThan(2 ** 16);
      client.resume();
      await expect.poll(() => UnsentBytes.read().of(socket)).toBe(0);
      client.destroy();
      socket.destroy();
      server.close();
    },
  );

  it('are told by the address of either family, and of others nothing is known', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dapberry-'));
    const table = join(folder, 'tcp6');
    const ours = '00000000000000000000000001000000:1F90';
    writeFileSync(
      table,
      `${TITLE}   0: ${ours} B80D0120000000000000000001000000:C350 01 00001000:00000000 00:00000000\n` +
        `   1: ${ours} 0000000000000000FFFF00000100007F:C351 01 00000002:00000000 00:00000000\n`,
    );
    const unsent = UnsentBytes.read([table, join(folder, 'nothing')]);
    rmSync(folder, { recursive: true });
    const at = (remoteAddress: string, remotePort: number) =>
      unsent.of({ localPort: 8080, remoteAddress, remotePort } as Socket);
    expect(at('2001:db8::1', 50_000)).toBe(4096);
    expect(at('::ffff:127.0.0.1', 50_001)).toBe(2);
    expect(at('127.0.0.1', 50_001)).toBe(2);
    expect(at('127.0.0.1', 50_002)).toBeUndefined();
  });
});
