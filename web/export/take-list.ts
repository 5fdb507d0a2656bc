// Lists what a reader can take from the view: its rows as CSV, its charts as a picture, and lines to paste elsewhere.

import { thinsRowsOut } from '../past/thinning-server.ts';
import { nameOf } from '../stream/address.ts';
import { plainReason } from '../stream/reason.ts';
import { copyFrom } from '../text/copy.ts';
import { element, write } from '../text/element.ts';
import { readCsv } from './csv.ts';
import { pictureOf } from './picture.ts';
import { snippetsOf } from './snippets.ts';
import {
  CSV,
  type ExportedDataset,
  type ExportedView,
  fileNameOf,
  shownAddressOf,
  shownConstraint,
} from './view.ts';

/** Milliseconds for which a file stays after the browser was told to save it. */
const KEPT = 2000;

/** Fills `list` with what can be taken from `view` now. `current` returns the view at the moment of a click, with its charts just drawn. */
export async function fillTakeList(
  list: HTMLElement,
  view: ExportedView,
  current: () => ExportedView,
): Promise<void> {
  const status = element('p', { class: 'detail', role: 'status' });
  const datasets = await Promise.all(view.datasets.map(withCsv));
  const say = (text: string) => write(status, text);
  const png = button('PNG picture', say, async () => {
    const now = current();
    save(
      await pictureOf(now),
      fileNameOf(now.datasets.map(({ address }) => nameOf(address)).join('_'), now.stretch, '.png'),
    );
  });
  const files = datasets.map(dataset => csvEntry(dataset, view, current, say));
  const lines = datasets.flatMap(dataset => {
    const title = titleOf(dataset, view);
    const isOne = datasets.length === 1;
    const entries = snippetsOf(dataset, view).map(({ name, text }) =>
      lineEntry(name, isOne ? name : `${name}, ${title}`, text),
    );
    return isOne ? entries : [element('p', { class: 'take-dataset' }, title), ...entries];
  });
  list.replaceChildren(element('p', { class: 'take-files' }, ...files, png), status, ...lines);
}

/** The title of a dataset, with its name if another dataset of the view has the same title. */
export function titleOf(
  { address, description: { title } }: Pick<ExportedDataset, 'address' | 'description'>,
  { datasets }: Pick<ExportedView, 'datasets'>,
): string {
  const alike = datasets.filter(other => other.description.title === title);
  return alike.length === 1 ? title : `${title} (${nameOf(address)})`;
}

/** The dataset, with CSV if its server is one of dapberry, which the catalogue of another server does not say. */
async function withCsv(dataset: ExportedDataset): Promise<ExportedDataset> {
  if (dataset.hasCsv) return dataset;
  const signal = AbortSignal.timeout(5000);
  return { ...dataset, hasCsv: await thinsRowsOut(dataset.address, signal).catch(() => false) };
}

function csvEntry(
  dataset: ExportedDataset,
  view: ExportedView,
  current: () => ExportedView,
  say: (text: string) => void,
): HTMLElement {
  const name = view.datasets.length === 1 ? 'CSV' : `CSV of ${titleOf(dataset, view)}`;
  const find = (now: ExportedView) =>
    now.datasets.find(
      ({ address: { base, constraint } }) =>
        base === dataset.address.base && constraint === dataset.address.constraint,
    ) ?? dataset;
  if (shownConstraint(dataset, view.stretch) === undefined) {
    return element('span', { class: 'detail' }, `${name}: not for rows without times, which have no end.`);
  }
  if (dataset.hasCsv) {
    const link = element('a', { download: '', href: shownAddressOf(dataset, view.stretch, CSV)! }, name);
    // The window has moved on since the list was made.
    link.addEventListener('click', () => {
      const now = current();
      link.href = shownAddressOf(find(now), now.stretch, CSV) ?? link.href;
    });
    return link;
  }
  const made = button(name, say, async () => {
    const now = current();
    const found = find(now);
    const text = await readCsv(found, shownConstraint(found, now.stretch)!);
    const file = fileNameOf(nameOf(found.address), now.stretch, CSV);
    save(new Blob([text], { type: 'text/csv;charset=utf-8' }), file);
  });
  made.title = 'This server has no CSV: the browser makes it from the rows';
  return made;
}

function button(name: string, say: (text: string) => void, act: () => Promise<void>): HTMLButtonElement {
  const made = element('button', { type: 'button' }, name);
  made.addEventListener('click', async () => {
    made.disabled = true;
    say(`Making ${name}…`);
    try {
      await act();
      say('');
    } catch (error) {
      say(`${name} cannot be made: ${plainReason(error)}`);
    } finally {
      made.disabled = false;
    }
  });
  return made;
}

/** A line to paste, with a button that copies it; `label` names it to screen readers. */
function lineEntry(name: string, label: string, text: string): HTMLElement {
  const code = element('code', { tabindex: '0' }, text);
  const copy = element('button', { type: 'button', 'aria-label': `Copy: ${label}` }, 'Copy');
  copy.addEventListener('click', () => void copyFrom(code, copy));
  return element('p', { class: 'command' }, element('span', { class: 'take-name' }, name), code, copy);
}

function save(file: Blob, name: string): void {
  const href = URL.createObjectURL(file);
  element('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT);
}
