import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { thisMachine } from '../../../server/machine/machine.ts';
import { serving } from '../../serving.ts';

const machine = thisMachine();

describe('this machine', () => {
  it('runs programs, and says so where one is not there or fails', async () => {
    expect(await machine.run(process.execPath, ['-p', '6 * 7'])).toBe('42\n');
    expect(await machine.run(process.execPath, ['-e', 'process.exit(3)'])).toBeUndefined();
    expect(await machine.run('no-such-program-anywhere', [])).toBeUndefined();
  });

  it('tells of the space of a folder that is there', async () => {
    expect(await machine.freeSpace('/')).toBeGreaterThanOrEqual(0);
    expect(await machine.freeSpace('/no/such/folder')).toBeUndefined();
  });

  it('knows a port that is free from one that another program has', async () => {
    const other = createServer(socket => socket.resume().end()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    expect(await machine.listenError(port, '127.0.0.1')).toBe('EADDRINUSE');
    expect(await machine.serverAt(port, '127.0.0.1')).toBeUndefined();
    other.close();
    await once(other, 'close');
    expect(await machine.listenError(port, '127.0.0.1')).toBeUndefined();
    expect(await machine.serverAt(port, '127.0.0.1')).toBeUndefined();
  });

  it('recognises a dapberry by its answer', async () => {
    const server = await serving();
    expect(await machine.serverAt(server.port, '127.0.0.1')).toEqual({
      name: expect.stringMatching(/^dapberry\/\d/),
      datasets: expect.arrayContaining([{ name: 'roberrypi', ahead: 0 }]),
      logBytes: expect.any(Number),
    });
    await server.close();
  });
});
