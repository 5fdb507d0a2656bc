// Makes elements of the page, and finds those of index.html. Text is never read as HTML.

/** `true` writes an attribute without a value, `false` omits it. */
export type Attributes = Readonly<Record<string, string | boolean>>;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

/** The element of `index.html` with this `id`. Throws a `TypeError` if it is not of the class `kind`. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`Expected an element #${id} of kind ${kind.name}`);
  return found;
}

/** Finds an element by its `id` in the part of the page that belongs to one dataset, as `byId` does in the whole page. */
export type FindPart = typeof byId;

/** The attribute of a live region with the name of what its texts are about. */
export const SPEAKER = 'data-speaker';

/** Writes `text` into a live region of screen readers, with the name of what it is about if the region has one. */
export function announce(region: HTMLElement, text: string): void {
  const speaker = region.getAttribute(SPEAKER);
  write(region, speaker === null || text === '' ? text : `${speaker}: ${text}`);
}

/** Writes `text` if it is new, so that the browser makes no needless layout. */
export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
