// Recognises a web page instead of a DAP2 response: a login page, or the page of a router or proxy.

/** The message for a web page, after its address. */
export const WEB_PAGE = 'answered with a web page (HTML), not a DAP2 response: is a login needed?';

/** The message for a web page with the decoder's error, which quotes the beginning of the page. */
export function webPageInsteadOf(error: Error): string {
  return `${WEB_PAGE} (${error.message})`;
}

/** The beginning of a web page, after blanks, a byte order mark, comments and an XML declaration. */
const PAGE =
  /^(?:[\s\u{feff}]|<!--.*?-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body|title|meta|script)\b/isu;

/** The characters at the beginning of a body that are examined. */
export const PAGE_BEGINNING = 1024;

/** True if `beginning` is that of a web page; with a `Content-Type` of HTML any tag counts. */
export function isWebPage(beginning: string, contentType: string | null): boolean {
  const text = beginning.slice(0, PAGE_BEGINNING);
  const isHtml = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? '');
  return PAGE.test(text) || (isHtml && /^[\s\u{feff}]*</u.test(text));
}
