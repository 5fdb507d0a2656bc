// Gives each of several datasets its elements: those of index.html, and copies of them for further datasets, in sections of their own.

import { byId, element, type FindPart, SPEAKER } from '../text/element.ts';
import { type DatasetParts, showTitle } from './whole-page.ts';

/** The elements of index.html that belong to a dataset: those of its head, of its body, and those that are folded. */
const HEAD = ['status', 'again', 'newest', 'clock-difference'];
const BODY = ['announcement', 'news', 'notices', 'message', 'charts'];
const LINKS = ['data'];

/** The parts of several datasets. Copies elements as they are: called before any dataset has written into them. */
export function partsFor(count: number): DatasetParts[] {
  // All copies are made before the originals move into the first section.
  const blocks = Array.from({ length: count }, (_, index) =>
    [HEAD, BODY, LINKS].map(ids => ids.map(id => blockOf(id, index > 0))),
  );
  const sections = blocks.map(([head = [], body = [], links = []]) => sectionOf(head, body, links));
  byId('datasets-shown', HTMLElement).replaceChildren(...sections.map(({ section }) => section));
  const titles: string[] = [];
  return sections.map(({ section, title, subtitle }, index) => ({
    find: index === 0 ? byId : finderIn(section),
    title: (text, more) => {
      title.textContent = text;
      section.setAttribute('aria-label', text);
      for (const region of section.querySelectorAll('[role="status"]')) region.setAttribute(SPEAKER, text);
      subtitle.textContent = more;
      titles[index] = text;
      showTitle(titles.filter(Boolean).join(' · '), '');
    },
  }));
}

/** The element of index.html, or a copy of it with `data-id` in the place of each `id`. */
function blockOf(id: string, isCopy: boolean): HTMLElement {
  const original = byId(id, HTMLElement);
  if (!isCopy) return original;
  const copy = original.cloneNode(true) as HTMLElement;
  for (const each of [copy, ...copy.querySelectorAll<HTMLElement>('[id]')]) {
    each.setAttribute('data-id', each.id);
    each.removeAttribute('id');
  }
  return copy;
}

function sectionOf(
  head: readonly HTMLElement[],
  body: readonly HTMLElement[],
  links: readonly HTMLElement[],
) {
  const title = element('h2');
  const subtitle = element('p', { class: 'subtitle' });
  const section = element(
    'section',
    { class: 'dataset' },
    element('header', { class: 'dataset-head' }, element('div', {}, title, subtitle), ...head),
    ...body,
    element('details', { class: 'dataset-links' }, element('summary', {}, 'The data themselves'), ...links),
  );
  return { section, title, subtitle };
}

function finderIn(section: HTMLElement): FindPart {
  return (id, kind) => {
    const found = section.querySelector(`[data-id="${id}"]`);
    if (!(found instanceof kind)) throw new TypeError(`Expected a part ${id} of kind ${kind.name}`);
    return found;
  };
}
