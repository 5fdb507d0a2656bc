// Writes the frame that all pages of the server share: the head with its links, the heading, and the style sheet.

import type { DatasetInfo } from '../../dataset/dataset.ts';
import { type Html, html } from './html.ts';
import { SCRIPT_PATH } from './script.ts';
import { STYLE_PATH } from './style.ts';

/** A link of the head. */
export type Place = 'form' | 'info' | 'help' | 'catalogue' | 'docs';

export interface PageFrame {
  /** The heading, which is also the title of the window. */
  readonly heading: string;
  /** The relative address of the folder of all datasets, such as `./` or `../`, so that links work behind any prefix. */
  readonly root: string;
  /** The dataset that the page is about. */
  readonly dataset?: Pick<DatasetInfo, 'name' | 'title'> | undefined;
  /** The link that leads to this page. */
  readonly here?: Place;
}

/** A complete page. */
export function page(frame: PageFrame, body: Html): string {
  const { heading, root } = frame;
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${heading} – dapberry</title>
<script src="${root}${SCRIPT_PATH}"></script>
<link rel="stylesheet" href="${root}${STYLE_PATH}">
<link rel="icon" href="${root}favicon.svg" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#content">To the content</a>
${head(frame)}
<main id="content" tabindex="-1">
<h1>${heading}</h1>
${body}
</main>
</body>
</html>
`}`;
}

function head({ root, dataset, here }: PageFrame): Html {
  const link = (address: string, text: string, place?: Place) =>
    html`<a href="${root}${address}"${place !== undefined && place === here ? html` aria-current="page"` : ''}>${text}</a>\n`;
  const ofDataset =
    dataset === undefined
      ? link('', 'Charts')
      : html`${link(`?url=${dataset.name}`, 'Charts')}${link(`${dataset.name}.html`, 'Data form', 'form')}${link(`${dataset.name}.info`, 'About', 'info')}${link(`${dataset.name}.help`, 'Formats', 'help')}`;
  return html`<header class="masthead">
<p class="brand"><a href="${root}">dapberry</a>${dataset === undefined ? '' : html` <span>${dataset.title}</span>`}</p>
<nav class="site" aria-label="Pages">
${ofDataset}${link('catalog.html', 'All datasets', 'catalogue')}${link('docs/', 'Docs', 'docs')}</nav>
</header>`;
}
