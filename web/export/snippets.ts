// Writes lines to paste: the view in a frame or an element of another page, and its rows for curl and xarray.

import { shellWord } from '../../dap/client/http/shell-word.ts';
import { isStanding, type Shown } from '../past/timeline.ts';
import { nameOf } from '../stream/address.ts';
import { CSV, type ExportedDataset, type ExportedView, fileNameOf, shownAddressOf, TEXT } from './view.ts';

export interface Snippet {
  readonly name: string;
  readonly text: string;
}

type Pasted = Omit<ExportedDataset, 'charts'>;

/** The lines for one dataset of the view. `isOwn`: the page is that of its server. */
export function snippetsOf(dataset: Pasted, view: Omit<ExportedView, 'datasets'>): Snippet[] {
  const { address, description } = dataset;
  const name = nameOf(address);
  const csv = shownAddressOf(dataset, view.stretch, dataset.hasCsv ? CSV : TEXT);
  const found: (Snippet | undefined)[] = [
    { name: 'Element', text: elementOf(dataset, view) },
    { name: 'Frame', text: frameOf(dataset, view) },
    csv === undefined
      ? undefined
      : {
          name: 'curl',
          text: `curl -o ${shellWord(fileNameOf(name, view.stretch, dataset.hasCsv ? CSV : '.txt'))} ${shellWord(csv)}`,
        },
    dataset.hasCsv && description.time?.absolute === true && address.constraint === ''
      ? {
          name: 'xarray',
          // URLs leave single quotes as they are, which would end the text of Python.
          text: `import xarray; print(xarray.open_dataset('${plainBase(dataset).replaceAll("'", '%27')}/${stretchName(view)}'))`,
        }
      : undefined,
  ];
  return found.filter(snippet => snippet !== undefined);
}

function elementOf(dataset: Pasted, { shown, page }: Omit<ExportedView, 'datasets'>): string {
  const module = new URL('dapberry-chart.js', page).href;
  const { constraint } = dataset.address;
  const attributes = {
    src: `${plainBase(dataset)}${constraint === '' ? '' : `?${constraint}`}`,
    columns: isAll(dataset) ? '' : dataset.columns.join(),
    ...timeOf(shown),
  };
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ` ${name}="${escaped(value)}"`);
  return `<script type="module" src="${escaped(module)}"></script>\n<dapberry-chart${written.join('')} height="320"></dapberry-chart>`;
}

function frameOf(dataset: Pasted, { shown, page }: Omit<ExportedView, 'datasets'>): string {
  const { constraint } = dataset.address;
  const values = { cols: isAll(dataset) ? '' : dataset.columns.join(), ...timeOf(shown) };
  const written = Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(
      ([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%2C', ',').replaceAll('%3A', ':')}`,
    );
  const folder = new URL('.', page).href;
  const base = plainBase(dataset);
  const isBeside = base.startsWith(folder) && constraint === '';
  const at = isBeside ? base.slice(folder.length) : `${base}${constraint === '' ? '' : `?${constraint}`}`;
  // Everything behind `url` belongs to the address of the dataset.
  const query = isBeside
    ? `?d=${[at, ...written].join('&')}`
    : `?url=${encodeURIComponent(at)}${written.length === 0 ? '' : `#${written.join('&')}`}`;
  const title = escaped(dataset.description.title);
  return `<iframe src="${escaped(new URL('embed.html', page).href + query)}" title="${title}" width="800" height="400"></iframe>`;
}

function isAll({ columns, description }: Pasted): boolean {
  return columns.length === description.columns.length;
}

/** Whole seconds: `600` of a moving window. */
function timeOf(shown: Shown): Readonly<Record<string, string>> {
  if (!isStanding(shown)) return { window: String(Math.max(1, Math.round(shown.window / 1000))) };
  return { from: instantOf(shown.from), to: instantOf(shown.to) };
}

/** The stretch as Arrays have it in their addresses: `2026-11-28T06:00:00Z..2026-11-28T18:00:00Z`. */
function stretchName({ stretch: { from, to } }: Pick<ExportedView, 'stretch'>): string {
  const whole = (time: number) => instantOf(1000 * Math.floor(time / 1000));
  return `${whole(from)}..${whole(to)}`;
}

function instantOf(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

/** The address without user and password. */
function plainBase({ address: { base } }: Pasted): string {
  const url = new URL(base);
  url.username = '';
  url.password = '';
  return url.href;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
