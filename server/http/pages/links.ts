// Writes a dataset's links to its responses, relative, so that they work behind any prefix.

import { DAP2, hasRows, type ResponseFormat, type Sequence } from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { type Html, html } from './html.ts';

/** The pages, to which the head links. */
const PAGES: readonly string[] = [DAP2.form, DAP2.info, DAP2.help].map(({ suffix }) => suffix);

/** One link a format. Links to rows ask for ten: without a constraint the response is endless. */
export function links({ info, model }: Dataset, formats: readonly ResponseFormat[]): Html {
  const [{ name: sequence }] = model.variables as readonly [Sequence];
  const link = ({ suffix, label }: ResponseFormat, query = '') =>
    html`<a href="${info.name}${suffix}${query}">${label} (${suffix})</a>\n`;
  const rows = formats.filter(hasRows).map(format => link(format, `?${sequence}[0:1:9]`));
  const others = formats.filter(format => !hasRows(format) && !PAGES.includes(format.suffix));
  return html`<nav class="responses" aria-label="Responses">
<strong>The next ten rows, structure and attributes:</strong>
${rows}${others.map(format => link(format))}</nav>`;
}
