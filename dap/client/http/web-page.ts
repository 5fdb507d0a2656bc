// Recognises a web page in the place of a DAP2 response: a login page, or the page of a router or proxy in between.

/** The sentence for a web page, behind its address. */
export const WEB_PAGE = 'answered with a web page (HTML), not a DAP2 response: is a login needed?';

/** The same with the error of reading it as a DAP2 response, which quotes its beginning. */
export function webPageInsteadOf(error: Error): string {
  return `${WEB_PAGE} (${error.message})`;
}

/** How a web page begins, after blanks, a byte order mark, comments and an XML declaration. */
const PAGE =
  /^(?:[\s\u{feff}]|<!--.*?-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body|title|meta|script)\b/isu;

/** Characters of a body that are looked at. */
export const PAGE_BEGINNING = 1024;

/** True where a body is a web page, by its beginning; a `Content-Type` of HTML decides where any tag begins it. */
export function isWebPage(beginning: string, contentType: string | null): boolean {
  const text = beginning.slice(0, PAGE_BEGINNING);
  const isHtml = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? '');
  return PAGE.test(text) || (isHtml && /^[\s\u{feff}]*</u.test(text));
}
