// Writes the pages `.info` and `.help` of a stretch as Arrays.

import { instantText } from '../../../dap/model/instant.ts';
import {
  type Attribute,
  type AttributeTable,
  attributeTable,
  DAP2,
  type ResponseFormat,
  suffixesOf,
} from '../../../dap/protocol.ts';
import { arrayNav, type ShownStretch } from './array-links.ts';
import { type Html, html } from './html.ts';
import { ownAddress } from './own-address.ts';
import { page } from './page.ts';

/** Pages of stretches are one folder below those of datasets. */
export const ARRAY_ROOT = '../';

export function arrayInfoPage(
  { dataset, name, stretch, attributes }: ShownStretch,
  formats: readonly ResponseFormat[],
): string {
  const { info, layout } = dataset;
  const rows = layout.columns.map(column => {
    const table = attributeTable(attributes, column.name);
    return html`<tr><td><code>${column.name}</code></td><td>${column.type}</td><td>${list(table)}</td></tr>\n`;
  });
  return page(
    { heading: `About ${info.title}, ${name}`, root: ARRAY_ROOT, dataset: info },
    html`${arrayNav(dataset, name, formats)}
<p>${info.summary}</p>
<p>${stretch.count} rows from ${instantText(stretch.from)} to before ${instantText(stretch.to)}, as Arrays with the dimension <code>time</code>:</p>
<div class="wide" tabindex="0" role="group" aria-label="Columns"><table><thead><tr><th>Variable</th><th>Type</th><th>Attributes</th></tr></thead>
<tbody>${rows}</tbody></table></div>
<h2>Of the whole dataset</h2>
${list(attributeTable(attributes, 'NC_GLOBAL'))}`,
  );
}

export function arrayHelpPage(
  { dataset, name, stretch, request }: ShownStretch,
  formats: readonly ResponseFormat[],
): string {
  const { info, layout } = dataset;
  const last = layout.columns.at(-1)!.name;
  const examples = [
    ['time', 'one variable'],
    [`time,${last}`, 'two variables'],
    ...(stretch.count === 0
      ? []
      : [
          [`${last}[0]`, 'the first value'],
          [`time[0:60:*],${last}[0:60:*]`, 'every sixtieth value'],
          [
            `${last}[0:${Math.min(9, stretch.count - 1)}]`,
            'the first ten values; the last index is included',
          ],
        ]),
  ] as const;
  const address = `${ownAddress(request)}/${info.name}/${name}`;
  return page(
    { heading: `Addresses of ${info.name}/${name}`, root: ARRAY_ROOT, dataset: info },
    html`${arrayNav(dataset, name, formats)}
<p>The rows of the dataset <code>${info.name}</code> from ${instantText(stretch.from)} to before ${instantText(stretch.to)}, which do not change any
more, as DAP2 Arrays. Behind the name of the dataset stands a UTC day (<code>2026-11-28</code>), a month, a year, or two instants
(<code>2026-11-28T06:00:00Z..2026-11-28T18:00:00Z</code>). An address is this and a suffix:</p>
<table>${formats.map(
      format =>
        html`<tr><td>${suffixesOf(format).map(suffix => html`<code>${name}${suffix}</code><br>`)}</td><td>${format.summary}</td></tr>\n`,
    )}</table>
<h2>Constraints</h2>
<p>Write the variables after <code>?</code>, separated by commas, each with an index range if not all values are wanted:
<code>[index]</code>, <code>[first:last]</code> or <code>[first:stride:last]</code>, counted from 0; <code>*</code> is the last value.
Conditions work on <a href="../${info.name}${DAP2.help.suffix}">the endless dataset</a>.</p>
<table>${examples.map(
      ([ce, text]) =>
        html`<tr><td><a href="${name}${DAP2.ascii.suffix}?${encodeURI(ce!)}"><code>?${ce!}</code></a></td><td>${text!}</td></tr>\n`,
    )}</table>
<h2>From a program</h2>
<pre tabindex="0">xarray.open_dataset('${address}')
netCDF4.Dataset('${address}')['${last}'][0:10]
ncks -d time,0,9 ${address}
ncdump -v ${last} ${address}</pre>`,
  );
}

function list(table: AttributeTable | undefined): Html {
  const entries = [...(table ?? [])].filter((entry): entry is [string, Attribute] => 'values' in entry[1]);
  return html`${entries.map(([key, { values }]) => html`${key}: ${values.join(', ')}<br>\n`)}`;
}
