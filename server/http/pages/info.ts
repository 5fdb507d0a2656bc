// Writes the page `.info`: a dataset's attributes and columns, for people.

import {
  type Attribute,
  type AttributeTable,
  attributeTable,
  type ResponseFormat,
  type Sequence,
} from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { RowDelivery } from '../../source/row-source.ts';
import { stretchNav } from './array-links.ts';
import { type Html, html } from './html.ts';
import { links } from './links.ts';
import { page } from './page.ts';

export function infoPage(
  dataset: Dataset,
  attributes: AttributeTable,
  formats: readonly ResponseFormat[],
  root: string,
): string {
  const { info, layout, model } = dataset;
  const [sequence] = model.variables as readonly [Sequence];
  const rows = sequence.fields.map(field => {
    const table = attributeTable(attributes, layout.name, field.name);
    return html`<tr><td><code>${field.name}</code></td><td>${field.type}</td><td>${list(table)}</td></tr>\n`;
  });
  return page(
    { heading: `About ${info.title}`, root, dataset: info, here: 'info' },
    html`${links(dataset, formats)}
${stretchNav(dataset, Date.now() / 1000)}
<p>${info.summary}</p>
<p>${pace(dataset.delivery)} The dataset <code>${info.name}</code> has one Sequence, <code>${layout.name}</code>:</p>
<div class="wide" tabindex="0" role="group" aria-label="Columns"><table><thead><tr><th>Column</th><th>Type</th><th>Attributes</th></tr></thead>
<tbody>${rows}</tbody></table></div>
<h2>Of the whole dataset</h2>
${list(attributeTable(attributes, 'NC_GLOBAL'))}`,
  );
}

function pace(delivery: RowDelivery): string {
  switch (delivery.kind) {
    case 'scheduled':
      return `A row every ${delivery.interval} s, endless.`;
    case 'pushed':
      return 'Rows as they come, endless.';
    case 'on-demand':
      return 'Rows as fast as they are read, endless.';
  }
}

function list(table: AttributeTable | undefined): Html {
  const entries = [...(table ?? [])].filter((entry): entry is [string, Attribute] => 'values' in entry[1]);
  return html`${entries.map(([name, { values }]) => html`${name}: ${values.join(', ')}<br>\n`)}`;
}
