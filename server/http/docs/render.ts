// Renders a page of the documentation from Markdown to HTML, with links between pages, and headings that can be linked to.

import { posix } from 'node:path';
import { Marked, type Tokens } from 'marked';
import { Html, html } from '../pages/html.ts';
import { page } from '../pages/page.ts';
import { type Document, isPage, pageAddress } from './library.ts';

interface Heading {
  readonly id: string;
  readonly text: string;
  readonly depth: number;
}

/** The whole page; the first heading of the text is its heading. */
export function renderPage(
  text: string,
  document: Document,
  documents: ReadonlyMap<string, Document>,
): string {
  const headings: Heading[] = [];
  const target = (href: string) => targetOf(href, document, documents);
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const words = this.parser.parseInline(tokens, this.parser.textRenderer);
        const plain = unescaped(words);
        const id = uniqueId(plain, headings);
        headings.push({ id, text: plain, depth });
        if (depth === 1) return '';
        return `${html`<h${depth} id="${id}">${new Html(this.parser.parseInline(tokens))}</h${depth}>`}\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const words = new Html(this.parser.parseInline(tokens));
        const address = target(href);
        return (address === undefined ? words : html`<a href="${address}">${words}</a>`).markup;
      },
      image({ href, text: words }: Tokens.Image) {
        const address = target(href);
        return (address === undefined ? html`${words}` : html`<img src="${address}" alt="${words}">`).markup;
      },
      // The pages hold no markup of their own: what looks like some is text.
      html: ({ text: markup }: Tokens.HTML | Tokens.Tag) => html`${markup}`.markup,
    },
  });
  const body = wideTables(marked.parse(text, { async: false }));
  const [first] = headings;
  return page(
    { heading: first?.depth === 1 ? first.text : document.address, root: '../', here: 'docs' },
    html`${document.address === 'README.md' ? '' : html`<p class="muted"><a href="./">Documentation</a> ${'·'} <a href="${document.address}">as Markdown</a></p>\n`}${contents(headings)}
<div class="doc">
${new Html(body)}</div>`,
  );
}

/** A list of the headings, folded; nothing for a short page. */
function contents(headings: readonly Heading[]): Html {
  const listed = headings.filter(({ depth }) => depth === 2);
  if (listed.length < 3) return html``;
  return html`<nav class="contents" aria-label="On this page"><details open><summary>On this page</summary>
<ul>
${listed.map(({ id, text }) => html`<li><a href="#${id}">${text}</a></li>\n`)}</ul></details></nav>`;
}

/** A wide table scrolls by itself. */
function wideTables(markup: string): string {
  return markup
    .replaceAll('<table>', '<div class="wide" tabindex="0" role="group" aria-label="Table"><table>')
    .replaceAll('</table>', '</table></div>')
    .replaceAll('<pre>', '<pre tabindex="0">');
}

/** The address that a link leads to, relative to the folder of all pages; undefined for a file that does not travel with the program. */
function targetOf(
  href: string,
  { path }: Document,
  documents: ReadonlyMap<string, Document>,
): string | undefined {
  if (/^https?:\/\//.test(href) || href.startsWith('#')) return href;
  const [file = '', anchor] = href.split('#');
  const found = documents.get(posix.normalize(posix.join(posix.dirname(path), file)));
  if (found === undefined) return undefined;
  const address = isPage(found) ? pageAddress(found) : found.address;
  return anchor === undefined ? address : `${address}#${anchor}`;
}

/** As GitHub makes it: lower case, blanks as `-`, no other signs; a number behind one that is there already. */
function uniqueId(text: string, headings: readonly Heading[]): string {
  const id = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');
  const same = headings.filter(heading => heading.id.replace(/-\d+$/, '') === id).length;
  return headings.some(heading => heading.id === id) ? `${id}-${same}` : id;
}

function unescaped(markup: string): string {
  const signs: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return markup.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_whole, name: string) => signs[name]!);
}
