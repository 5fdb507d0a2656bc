// When are the times of rows so far ahead of a clock that was set back that nobody should wait for it, and what is done then?

/** Seconds. Rows' time passes at half speed until the clock has caught up: from a day on that takes longer than rows are usually kept. */
export const FAR_AHEAD = 86_400;

/** How many times as long as rows are ahead it takes the clock to catch up. */
export const CATCHES_UP_IN = 2;

export const BEGIN_ANEW =
  'sudo systemctl restart dapberry begins anew at the time of the clock, without the rows in memory';
