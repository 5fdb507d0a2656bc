// Defines when row times are so far ahead of a clock that was set back that the server should be restarted.

/** Seconds. Row times advance at half speed until the clock has caught up; from a day on, that takes longer than rows are usually kept. */
export const FAR_AHEAD = 86_400;

/** The clock catches up in this many times the duration that rows are ahead. */
export const CATCHES_UP_IN = 2;

export const RESTART_ADVICE =
  'sudo systemctl restart dapberry continues at the time of the clock: rows that are only in memory are lost, and stored rows that are ahead of the clock are set aside';
