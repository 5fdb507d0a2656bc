// Writes the page that a person at a browser gets for an error: what is wrong, and links that lead on.

import { distance } from '../../../dap/model/nearest.ts';
import { DAP2 } from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { html } from './html.ts';
import { page } from './page.ts';

export interface PageError {
  readonly status: number;
  readonly message: string;
  /** The address of the request, with its query, as it was sent. */
  readonly url: string;
  readonly root: string;
}

const HEADINGS: Readonly<Record<number, string>> = {
  400: 'This address has a mistake',
  401: 'Sign in',
  404: 'There is nothing here',
  405: 'This server only reads',
  409: 'Not yet',
  410: 'No longer there',
  429: 'Too many requests',
  503: 'Not now',
};

/** Datasets that a page for an unknown address offers. */
const MOST_OFFERED = 5;

/** Characters of an address that are compared with the names of datasets. */
const LONGEST = 64;

export function errorPage({ status, message, url, root }: PageError, datasets: readonly Dataset[]): string {
  const [path = '', ...query] = url.split('?');
  const asked = (path.split('/').find(part => part !== '' && part !== 'past') ?? '').replace(/\.\w*$/, '');
  const dataset = datasets.find(({ info }) => info.name === asked)?.info;
  const constraint = query.join('?');
  const mend =
    status === 400 && dataset !== undefined && constraint !== ''
      ? html`<p><a href="${root}${dataset.name}${DAP2.form.suffix}?${constraint}">Mend it in the data form</a></p>\n`
      : '';
  return page(
    {
      heading:
        HEADINGS[status] ?? (status < 500 ? 'This request was refused' : 'The server failed to answer'),
      root,
      dataset,
    },
    html`<p class="error" role="alert">${message.replace(/^[a-z]/, first => first.toUpperCase())}</p>
${mend}${status === 404 && dataset === undefined ? offer(asked, datasets, root) : ''}<p><a href="${root}">To the charts</a>, <a href="${root}catalog.html">to all datasets</a>, or <a href="${root}docs/">to the documentation</a>.</p>
<p class="muted">Status ${status}. Programs get a DAP2 Error object in place of this page.</p>`,
  );
}

/** The datasets whose names are nearest to what was asked for. */
function offer(asked: string, datasets: readonly Dataset[], root: string) {
  const word = asked.slice(0, LONGEST).toLowerCase();
  const nearest = datasets
    .map(({ info }) => ({ info, slips: distance(word, info.name.toLowerCase().slice(0, LONGEST)) }))
    .sort((one, other) => one.slips - other.slips)
    .slice(0, MOST_OFFERED);
  return html`<h2>${datasets.length > MOST_OFFERED ? 'The nearest datasets' : 'The datasets of this server'}</h2>
<ul>
${nearest.map(({ info }) => html`<li><a href="${root}?url=${info.name}">${info.title}</a> <code>${info.name}</code></li>\n`)}</ul>
`;
}
