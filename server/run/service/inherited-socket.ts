// Which socket has systemd opened for the server? The one of `dapberry.socket`, by the protocol of sd_listen_fds(3).

/** The first descriptor that is passed (SD_LISTEN_FDS_START). */
const FIRST = 3;

/**
 * The descriptor of the listening socket; undefined where the server opens one itself.
 * @throws where there are several: the server listens at one
 */
export function inheritedSocket(
  environment: Readonly<Record<string, string | undefined>>,
  pid = process.pid,
): number | undefined {
  const { LISTEN_FDS: count = '', LISTEN_PID: receiver = '', LISTEN_FDNAMES: names } = environment;
  // They are inherited by whatever a service starts: sockets of another process are none of ours.
  if (Number(receiver) !== pid || !/^[1-9]\d*$/.test(count)) return undefined;
  if (count === '1') return FIRST;
  const named = names ? ` (${names.replaceAll(':', ', ')})` : '';
  throw new Error(
    `expected one socket from systemd, found ${count}${named}: have one ListenStream= in dapberry.socket`,
  );
}
