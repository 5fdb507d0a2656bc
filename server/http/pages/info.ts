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
import { type Html, html, page } from './html.ts';
import { links } from './links.ts';
import { STYLE_PATH } from './style.ts';

export function infoPage(
  dataset: Dataset,
  attributes: AttributeTable,
  formats: readonly ResponseFormat[],
): string {
  const { info, layout, model } = dataset;
  const [sequence] = model.variables as readonly [Sequence];
  const rows = sequence.fields.map(field => {
    const table = attributeTable(attributes, layout.name, field.name);
    return html`<tr><td><code>${field.name}</code></td><td>${field.type}</td><td>${list(table)}</td></tr>\n`;
  });
  return page(
    info.title,
    `.${STYLE_PATH}`,
    html`${links(dataset, formats)}
<p>${info.summary}</p>
<p>${pace(dataset.delivery)} The dataset <code>${info.name}</code> has one Sequence, <code>${layout.name}</code>:</p>
<table><tr><th>Column</th><th>Type</th><th>Attributes</th></tr>
${rows}</table>
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
