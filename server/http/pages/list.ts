// Writes the page of `/` for a server without the live page: the datasets, with their links.

import type { ResponseFormat } from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { html, page } from './html.ts';
import { links } from './links.ts';
import { STYLE_PATH } from './style.ts';

export function listPage(datasets: readonly Dataset[], formats: readonly ResponseFormat[]): string {
  const items = datasets.map(dataset => html`<h2>${dataset.info.title}</h2>\n${links(dataset, formats)}\n`);
  return page(
    'Datasets',
    `.${STYLE_PATH}`,
    html`<p>The live page is not built; <code>npm run build</code> builds it.</p>\n${items}`,
  );
}
