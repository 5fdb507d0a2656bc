// Finds the listening socket that systemd passes from `dapberry.socket`, by the protocol of sd_listen_fds(3).

/** The first descriptor that is passed (SD_LISTEN_FDS_START). */
const FIRST = 3;

/**
 * The descriptor of the listening socket; undefined if the server must open one itself.
 * @throws for several sockets, because the server listens at one
 */
export function inheritedSocket(
  environment: Readonly<Record<string, string | undefined>>,
  pid = process.pid,
): number | undefined {
  const { LISTEN_FDS: count = '', LISTEN_PID: receiver = '', LISTEN_FDNAMES: names } = environment;
  // Child processes of a service inherit the variables, which then name another process.
  if (Number(receiver) !== pid || !/^[1-9]\d*$/.test(count)) return undefined;
  if (count === '1') return FIRST;
  const named = names ? ` (${names.replaceAll(':', ', ')})` : '';
  throw new Error(
    `expected one socket from systemd, found ${count}${named}: keep only one ListenStream= in dapberry.socket`,
  );
}
