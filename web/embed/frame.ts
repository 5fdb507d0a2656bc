// Starts the page for frames of other pages: the charts of the view that its address names, and a link to the full page.

import { fetchCatalog } from '../stream/catalog.ts';
import { loadPart } from '../stream/page-part.ts';
import { byId, element, write } from '../text/element.ts';
import { defineDapberryChart } from './chart-element.ts';
import { frameView } from './frame-view.ts';

defineDapberryChart();
void start();

async function start(): Promise<void> {
  const { attributes, full, problems } = frameView(location.href);
  byId('open', HTMLAnchorElement).href = full;
  const theme = attributes['theme'];
  if (theme !== undefined) document.documentElement.setAttribute('data-theme', theme);
  const src = attributes['src'] ?? (await firstDataset());
  const chart = element('dapberry-chart' as 'div', { ...attributes, ...(src === undefined ? {} : { src }) });
  chart.addEventListener('describe', event => {
    const { title } = (event as CustomEvent<{ readonly title: string }>).detail;
    write(byId('title', HTMLElement), title);
    document.title = `${title} – dapberry`;
  });
  const view = byId('view', HTMLElement);
  if (problems.length > 0) view.append(element('p', { role: 'status' }, problems.join(' ')));
  view.append(chart);
}

/** The address of the first dataset of the server that has this page, once it answers; undefined if it lists none. */
async function firstDataset(): Promise<string | undefined> {
  return (await loadPart(() => fetchCatalog(location.href))).datasets[0]?.address;
}
