// Writes a dataset's links to its responses, relative, so that they work behind any prefix.

import { hasRows, type ResponseFormat, type Sequence } from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { type Html, html } from './html.ts';

/** One link a format. Links to rows ask for ten: without a constraint the response is endless. */
export function links({ info, model }: Dataset, formats: readonly ResponseFormat[]): Html {
  const [{ name: sequence }] = model.variables as readonly [Sequence];
  const items = formats.map(format => {
    const { suffix, label } = format;
    return hasRows(format)
      ? html`<a href="${info.name}${suffix}?${sequence}[0:1:9]">next ten rows (${suffix})</a>\n`
      : html`<a href="${info.name}${suffix}">${label}</a>\n`;
  });
  return html`<nav>
<a href="./?url=${info.name}">live chart</a>
${items}</nav>`;
}
