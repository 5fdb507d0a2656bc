// Sends notifications to systemd (sd_notify(3)) through the program systemd-notify, as Node has no datagram sockets.

import { execFile } from 'node:child_process';

/** The variables of one message, such as `{ READY: '1' }`; see sd_notify(3). Each value is one line. */
export type Notification = Readonly<Record<string, string>>;

/** Sends a notification to systemd; resolves when it was sent or failed. Does not reject. */
export type Notifier = (notification: Notification) => Promise<void>;

type Environment = Readonly<Record<string, string | undefined>>;

/** How long to wait for systemd to accept a message. */
const SEND_TIMEOUT_MS = 10_000;

/**
 * Undefined without `$NOTIFY_SOCKET`. Messages arrive in the order in which they are sent.
 *
 * The program comes with systemd and costs a Raspberry Pi part of a second, twice a minute; the alternative is a native module,
 * which may be missing. It waits until systemd has read the message, so that none is lost with its sender.
 * The unit needs `NotifyAccess=all`: the message comes from a process of the service, not from the service's first one.
 * @param onTrouble called with the reason when sending fails, once until it succeeds again
 */
export function createNotifier(
  environment: Environment,
  onTrouble: (sentence: string) => void,
): Notifier | undefined {
  const { NOTIFY_SOCKET: socket = '' } = environment;
  if (socket === '') return undefined;
  let last: Promise<void> = Promise.resolve();
  let isTroubled = false;
  const send = (notification: Notification) =>
    new Promise<void>(resolve => {
      const words = Object.entries(notification).map(([name, value]) => `${name}=${value}`);
      const options = { env: environment, timeout: SEND_TIMEOUT_MS, killSignal: 'SIGKILL' } as const;
      const over = (error: Error | null, stderr = '') => {
        if (error !== null && !isTroubled) {
          const [reason = ''] = (stderr.trim() || error.message).split('\n');
          onTrouble(`sending the status to systemd failed: ${reason}`);
        }
        isTroubled = error !== null;
        resolve();
      };
      // Throws without memory for another process; the next message must be sent nevertheless.
      try {
        execFile('systemd-notify', words, options, (error, _stdout, stderr) => over(error, stderr));
      } catch (error) {
        over(error instanceof Error ? error : new Error(String(error)));
      }
    });
  return notification => {
    last = last.then(() => send(notification));
    return last;
  };
}

/**
 * The watchdog's period in seconds; undefined if systemd has no watchdog, or watches another process (sd_watchdog_enabled(3)).
 */
export function watchdogSeconds(environment: Environment, pid = process.pid): number | undefined {
  const { WATCHDOG_USEC: microseconds = '', WATCHDOG_PID: watched } = environment;
  if (!/^[1-9]\d*$/.test(microseconds)) return undefined;
  if (watched && Number(watched) !== pid) return undefined;
  return Number(microseconds) / 1e6;
}
