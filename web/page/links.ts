// Shows where to get the data: links to the dataset's responses, and a command for the terminal.

import { shellWord } from '../../dap/client/http/shell-word.ts';
import { DAP2, hasRows, type ResponseFormat } from '../../dap/formats/index.ts';
import { type DatasetAddress, encodedConstraint } from '../stream/address.ts';
import type { Description } from '../stream/describe.ts';
import { byId, element, write } from '../text/element.ts';

export interface Link {
  readonly text: string;
  readonly href: string;
  /** The suffix and the content of the response. */
  readonly title: string;
}

/** Rows that a link asks for: without a number a Sequence has no end. */
const ROWS = 10;

/** One link a format. Rows are asked for by number, which every server understands. */
export function dataLinks(
  { base }: DatasetAddress,
  { sequence }: Description,
  formats: readonly ResponseFormat[],
): Link[] {
  const rows = `${encodeURIComponent(sequence)}%5B0:1:${ROWS - 1}%5D`;
  return formats.map(format => {
    const { suffix, label, summary } = format;
    const title = `${suffix}: ${summary}`;
    return hasRows(format)
      ? { text: `${ROWS} rows as ${label}`, href: `${base}${suffix}?${rows}`, title }
      : { text: label, href: `${base}${suffix}`, title };
  });
}

/** A command for the terminal that prints the rows as they come. */
export function followCommand({ base, constraint }: DatasetAddress): string {
  const address = new URL(`${base}${DAP2.ascii.suffix}`);
  address.username = '';
  address.password = '';
  const query = constraint === '' ? '' : `?${encodedConstraint({ constraint })}`;
  // In a path, curl takes brackets for a range of addresses.
  address.pathname = address.pathname.replace(/[[\]]/g, encodeURIComponent);
  return `curl -N ${shellWord(`${address.href}${query}`)}`;
}

/** Shows the links of `address`, and the command for the terminal. */
export function showLinks(
  address: DatasetAddress,
  description: Description,
  formats: readonly ResponseFormat[],
): void {
  const items = dataLinks(address, description, formats).map(({ text, href, title }) =>
    element('li', {}, element('a', { href, title }, text)),
  );
  byId('links', HTMLElement).replaceChildren(...items);
  write(byId('command', HTMLElement), followCommand(address));
  byId('data', HTMLElement).hidden = false;
}

/** Wires the button that copies the command, or selects it if the page may not write to the clipboard. */
export function wireCopy(): void {
  const button = byId('copy', HTMLButtonElement);
  const command = byId('command', HTMLElement);
  button.addEventListener('click', async () => {
    try {
      // Browsers offer the clipboard only to pages from https and from this machine.
      await navigator.clipboard.writeText(command.textContent ?? '');
      write(button, 'Copied');
    } catch {
      getSelection()?.selectAllChildren(command);
      write(button, 'Selected');
    }
    setTimeout(() => write(button, 'Copy'), 2000);
  });
}
