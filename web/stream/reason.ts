// Explains to the reader of the page why something failed.

import { DapError, ResponseError } from '../../dap/index.ts';
import type { DatasetAddress } from './address.ts';

/** The messages of Chromium, Firefox and Safari for a request without an answer; a page learns no more than that. */
const NO_ANSWER = /failed to fetch|networkerror when attempting to fetch resource\.?|load failed/i;

/** An error's message, with the browser's own words replaced. */
export function plainReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(NO_ANSWER, 'no answer');
}

/** A heading for `error`, which ended the attempt to show a dataset. */
export function headingOf(error: unknown): string {
  const status = error instanceof DapError ? error.code : error instanceof ResponseError && error.status;
  if (status === 401 || status === 403) return 'The server does not give access to this dataset';
  if (error instanceof DapError || (error instanceof ResponseError && status !== 200))
    return 'The server has no such data';
  return 'This dataset cannot be plotted';
}

/** Why `address` cannot be read, with the reasons that the browser hides from the page; `page` is the page's own address. */
export function explain(address: DatasetAddress, error: unknown, page: URL): string {
  const said = error instanceof Error ? error.message : String(error);
  const reason = plainReason(error).replace(/[.\s]*$/, '.');
  // The server answered, and the browser let the page read the answer.
  if (!NO_ANSWER.test(said)) return reason;
  const { protocol, origin } = new URL(address.base);
  if (page.protocol === 'https:' && protocol === 'http:') {
    return `${reason} This page came over https, and browsers do not let such a page read from http: open ${origin}/ itself, if it has a page.`;
  }
  if (origin !== page.origin) {
    return `${reason} If the server is there, it may not allow pages of other origins to read from it (CORS).`;
  }
  return reason;
}
