// Writes the page `/catalog.html`: all datasets, or those whose name, title or columns hold the words of a search.

import { DAP2, type ResponseFormat } from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { WaitingDataset } from '../../dataset/waiting.ts';
import { counted } from '../../text/terminal-text.ts';
import { type Html, html } from './html.ts';
import { links } from './links.ts';
import { page } from './page.ts';

/** With more datasets the page has a field for a search. */
const FEW = 6;

export interface CatalogueRequest {
  readonly root: string;
  /** The words of the search; empty for all datasets. */
  readonly search: string;
  /** A paragraph above the list. */
  readonly note?: Html;
  /** Datasets that cannot be read yet. */
  readonly waiting?: readonly WaitingDataset[];
}

export function cataloguePage(
  datasets: readonly Dataset[],
  formats: readonly ResponseFormat[],
  { root, search, note, waiting = [] }: CatalogueRequest,
): string {
  const found = datasets.filter(dataset => fits(dataset, search));
  const count =
    search === ''
      ? counted(datasets.length, 'dataset')
      : `${found.length} of ${counted(datasets.length, 'dataset')}`;
  return page(
    { heading: 'All datasets', root, here: 'catalogue' },
    html`${note ?? ''}
${datasets.length > FEW || search !== '' ? field(root, search) : ''}
<p class="muted" role="status">${count}${found.length === 0 ? html`: none has ${`“${search}”`} in its name, title or columns. <a href="${root}catalog.html">Show all</a>` : ''}</p>
<ul class="datasets">
${found.map(dataset => html`<li>${entry(dataset, formats)}</li>\n`)}${waiting.map(dataset => html`<li>${waitingEntry(dataset)}</li>\n`)}</ul>
<p class="muted">Programs read the same list at <a href="${root}catalog.json">catalog.json</a>.</p>`,
  );
}

function field(root: string, search: string): Html {
  return html`<form class="search" role="search" action="${root}catalog.html" method="get">
<input type="search" name="q" value="${search}" aria-label="Name, title or column" placeholder="Name, title or column">
<button type="submit">Search</button></form>`;
}

function entry(dataset: Dataset, formats: readonly ResponseFormat[]): Html {
  const { name, title, summary } = dataset.info;
  const columns = dataset.layout.columns.slice(1).map(column => html`<code>${column.name}</code> `);
  return html`<h2><a href="./?url=${name}">${title}</a> <code>${name}</code></h2>
<p>${summary}</p>
<p class="muted">Columns: ${columns}</p>
<nav class="responses" aria-label="Pages of ${name}"><a href="${name}${DAP2.form.suffix}">Data form</a>
<a href="${name}${DAP2.info.suffix}">About</a> <a href="${name}${DAP2.help.suffix}">Formats</a></nav>
<details><summary>Responses</summary>
${links(dataset, formats)}</details>`;
}

function waitingEntry({ info: { name, title, summary }, reason }: WaitingDataset): Html {
  return html`<h2>${title} <code>${name}</code></h2>
<p>${summary}</p>
<p>It cannot be read yet: ${reason}. The server tries again.</p>`;
}

/** Each word of the search is part of the name, the title or a column. */
function fits({ info, layout }: Dataset, search: string): boolean {
  const text = [info.name, info.title, ...layout.columns.map(({ name }) => name)].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}
