// Where the data themselves are: the dataset's other responses, and a line for the terminal.

import { type DatasetAddress, encodedConstraint } from '../stream/address.ts';
import type { Description } from '../stream/describe.ts';
import { byId, element, write } from '../text/element.ts';
import { shellWord } from '../text/shell-word.ts';

export interface Link {
  readonly text: string;
  readonly href: string;
  /** What a person gets there. */
  readonly title: string;
}

/** How many rows the links to rows ask for: without a number a Sequence has no end. */
const ROWS = 10;

/** The dataset's responses. Rows are asked for by number, which every server understands. */
export function dataLinks({ base }: DatasetAddress, { sequence }: Description): Link[] {
  const rows = `${encodeURIComponent(sequence)}%5B0:1:${ROWS - 1}%5D`;
  return [
    { text: `${ROWS} rows as text`, href: `${base}.asc?${rows}`, title: '.asc: plain text' },
    { text: `${ROWS} rows as .dods`, href: `${base}.dods?${rows}`, title: 'The binary DAP2 response' },
    { text: 'choose rows', href: `${base}.html`, title: '.html: a form for columns, selections and rows' },
    { text: 'description', href: `${base}.info`, title: '.info: all there is to know about the dataset' },
    { text: 'structure', href: `${base}.dds`, title: '.dds: names and types' },
    { text: 'attributes', href: `${base}.das`, title: '.das: units and all other attributes' },
  ];
}

/** A line for the terminal that shows the rows as they come. */
export function followCommand({ base, constraint }: DatasetAddress): string {
  const address = new URL(`${base}.asc`);
  address.username = '';
  address.password = '';
  const query = constraint === '' ? '' : `?${encodedConstraint({ constraint })}`;
  // In a path, curl takes brackets for a range of addresses.
  address.pathname = address.pathname.replace(/[[\]]/g, encodeURIComponent);
  return `curl -N ${shellWord(`${address.href}${query}`)}`;
}

/** Shows the links of `address`, and lets the line for the terminal be copied. */
export function showLinks(address: DatasetAddress, description: Description): void {
  const items = dataLinks(address, description).map(({ text, href, title }) =>
    element('li', {}, element('a', { href, title }, text)),
  );
  byId('links', HTMLElement).replaceChildren(...items);
  write(byId('command', HTMLElement), followCommand(address));
  byId('data', HTMLElement).hidden = false;
}

/** Wires the button that copies the line. Where the page may not write to the clipboard, it selects the line instead. */
export function wireCopy(): void {
  const button = byId('copy', HTMLButtonElement);
  const command = byId('command', HTMLElement);
  button.addEventListener('click', async () => {
    try {
      // Browsers offer this to pages from https and from this machine alone.
      await navigator.clipboard.writeText(command.textContent ?? '');
      write(button, 'Copied');
    } catch {
      getSelection()?.selectAllChildren(command);
      write(button, 'Selected');
    }
    setTimeout(() => write(button, 'Copy'), 2000);
  });
}
