// Judges when a certificate expires, and says it in words.

export type Expiry = 'valid' | 'expiring' | 'expired';

/** Days before the expiry from which on a warning is due: renewals begin 30 days before, and had nine days to fail. */
const WARNING_DAYS = 21;

const DAY = 86_400;

/** @param expires seconds since 1970 */
export function expiryOf(expires: number, now = Date.now() / 1000): Expiry {
  if (expires <= now) return 'expired';
  return expires - now < WARNING_DAYS * DAY ? 'expiring' : 'valid';
}

/** Such as `expires in 20 days, at 2026-12-20T11:00:00Z`. */
export function expiryText(expires: number, now = Date.now() / 1000): string {
  const time = `${new Date(expires * 1000).toISOString().slice(0, 19)}Z`;
  if (expires <= now) return `expired at ${time}`;
  const days = Math.floor((expires - now) / DAY);
  return `expires ${days === 0 ? 'today' : `in ${days} day${days === 1 ? '' : 's'}`}, at ${time}`;
}
