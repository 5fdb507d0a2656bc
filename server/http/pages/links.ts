// Where can one go from a dataset? Its addresses, relative, so that they hold behind any prefix.

import type { Dataset } from '../../dataset/dataset.ts';
import { type Html, html } from './html.ts';

export function links({ info }: Dataset): Html {
  const { name } = info;
  return html`<nav>
<a href="./?url=${name}">live chart</a>
<a href="${name}.html">form</a>
<a href="${name}.info">description</a>
<a href="${name}.dds">.dds</a>
<a href="${name}.das">.das</a>
<a href="${name}.asc?sensor[0:1:9]">next ten rows (.asc)</a>
<a href="${name}.help">help</a>
</nav>`;
}
