// Shows where to get the data: links to the dataset's responses, and a command for the terminal.

import { shellWord } from '../../dap/client/http/shell-word.ts';
import { DAP2, hasRows, type ResponseFormat } from '../../dap/formats/index.ts';
import { type DatasetAddress, encodedConstraint, shownAddress } from '../stream/address.ts';
import type { Description } from '../stream/describe.ts';
import { copyFrom } from '../text/copy.ts';
import { element, type FindPart, write } from '../text/element.ts';

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
  address: DatasetAddress,
  { sequence }: Description,
  formats: readonly ResponseFormat[],
): Link[] {
  const base = shownAddress({ ...address, constraint: '' });
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
  const address = new URL(`${shownAddress({ base, constraint: '' })}${DAP2.ascii.suffix}`);
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
  find: FindPart,
): void {
  const items = dataLinks(address, description, formats).map(({ text, href, title }) =>
    element('li', {}, element('a', { href, title }, text)),
  );
  find('links', HTMLElement).replaceChildren(...items);
  write(find('command', HTMLElement), followCommand(address));
  wireCopy(find);
  find('data', HTMLElement).hidden = false;
}

/** Wires the button that copies the command. */
function wireCopy(find: FindPart): void {
  const button = find('copy', HTMLButtonElement);
  button.onclick = () => void copyFrom(find('command', HTMLElement), button);
}
