// How does the server speak to systemd? In the words of sd_notify(3), through the program systemd-notify, since Node has no datagram sockets.

import { execFile } from 'node:child_process';

/** What is told at once, such as `{ READY: '1' }`; see sd_notify(3). Values are one line each. */
export type Notification = Readonly<Record<string, string>>;

/** Tells systemd; resolves when it has been told, or could not be. Does not reject. */
export type Notifier = (notification: Notification) => Promise<void>;

type Environment = Readonly<Record<string, string | undefined>>;

/** A systemd that does not take it is not waited for longer; in milliseconds. */
const LONGEST = 10_000;

/**
 * Undefined where nobody wants to be told: where there is no `$NOTIFY_SOCKET`. What is told arrives in the order in which it was said.
 *
 * The program comes with systemd and takes part of a second of a Raspberry Pi's time, twice a minute; what would send without it is a
 * native module, and those may be missing. It waits until systemd has read the message, so that none is lost with its sender.
 * The unit needs `NotifyAccess=all`: the message comes from a process of the service, not from the service's first one.
 * @param onTrouble is told why a message could not be sent, once until one could be
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
      const options = { env: environment, timeout: LONGEST, killSignal: 'SIGKILL' } as const;
      const over = (error: Error | null, stderr = '') => {
        if (error !== null && !isTroubled) {
          const [reason = ''] = (stderr.trim() || error.message).split('\n');
          onTrouble(`systemd could not be told how the server is doing: ${reason}`);
        }
        isTroubled = error !== null;
        resolve();
      };
      // Where there is no memory for another process it throws, and the next message is to be sent nevertheless.
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
 * Within how many seconds systemd wants to hear from the server; undefined where it does not watch, or watches another process
 * (sd_watchdog_enabled(3)).
 */
export function watchdogSeconds(environment: Environment, pid = process.pid): number | undefined {
  const { WATCHDOG_USEC: microseconds = '', WATCHDOG_PID: watched } = environment;
  if (!/^[1-9]\d*$/.test(microseconds)) return undefined;
  if (watched && Number(watched) !== pid) return undefined;
  return Number(microseconds) / 1e6;
}
