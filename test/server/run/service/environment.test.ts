import { describe, expect, it } from 'vitest';
import { inheritedSocket } from '../../../../server/run/service/inherited-socket.ts';
import { createNotifier, watchdogSeconds } from '../../../../server/run/service/notifier.ts';

describe('what systemd put into the environment', () => {
  it.each([
    [{}, undefined],
    [{ WATCHDOG_USEC: '30000000' }, 30],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '42' }, 30],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '41' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{ WATCHDOG_USEC: 'soon' }, undefined],
  ])('%j is a watchdog of %j s', (environment, seconds) => {
    expect(watchdogSeconds(environment, 42)).toBe(seconds);
  });

  it.each([
    [{}, undefined],
    [{ LISTEN_FDS: '1', LISTEN_PID: '42' }, 3],
    [{ LISTEN_FDS: '1', LISTEN_PID: '42', LISTEN_FDNAMES: 'dapberry.socket' }, 3],
    // Of the process that started this one.
    [{ LISTEN_FDS: '1', LISTEN_PID: '41' }, undefined],
    [{ LISTEN_FDS: '0', LISTEN_PID: '42' }, undefined],
    [{ LISTEN_FDS: '1' }, undefined],
  ])('%j is a socket at %j', (environment, descriptor) => {
    expect(inheritedSocket(environment, 42)).toBe(descriptor);
  });

  it('has one socket only', () => {
    const two = { LISTEN_FDS: '2', LISTEN_PID: '42', LISTEN_FDNAMES: 'a.socket:b.socket' };
    expect(() => inheritedSocket(two, 42)).toThrow(
      'expected one socket from systemd, found 2 (a.socket, b.socket): keep only one ListenStream= in dapberry.socket',
    );
  });

  it('asks for no notifications where there is no socket for them', () => {
    expect(createNotifier({}, () => {})).toBeUndefined();
  });

  it('disturbs nobody where systemd cannot be told, and is told of once', async () => {
    const complaints: string[] = [];
    const complain = (sentence: string) => void complaints.push(sentence);
    const notify = createNotifier({ NOTIFY_SOCKET: '/nowhere', PATH: '/nowhere' }, complain)!;
    await Promise.all([notify({ READY: '1' }), notify({ WATCHDOG: '1' }), notify({ STATUS: 'well' })]);
    expect(complaints).toEqual(['sending the status to systemd failed: spawn systemd-notify ENOENT']);
  });
});
