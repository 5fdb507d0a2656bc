// How an element of the page is made: its tag, its attributes and what is in it. Text stays text.

/** `true` writes an attribute without a value, `false` leaves it out. */
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

/** The element of the page with this `id`, which `index.html` holds. Throws an error where it is not of `kind`. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`Expected an element #${id} of kind ${kind.name}`);
  return found;
}

/** Writes `text` where it is another than before, so that nothing is laid out again for nothing. */
export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
