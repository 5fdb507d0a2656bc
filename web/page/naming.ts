// Tells the operator of a new server how to name the sensors that it has found, with lines to paste.

import type { Catalog } from '../stream/catalog.ts';
import style from '../style/first-run.css?url';
import { copyFrom } from '../text/copy.ts';
import { element, write } from '../text/element.ts';
import { documentation, showPanel } from './first-panel.ts';
import { operatorCommands, servedBy } from './operator-commands.ts';

/** The address of its style sheet. */
export const STYLE = style;

/** @param address that of the lines */
export function showNaming(address: string, catalog: Catalog): void {
  const commands = operatorCommands(catalog);
  const lines = element('pre', { tabindex: '0', 'aria-label': 'Lines to paste' });
  const copy = element('button', { type: 'button', hidden: true }, 'Copy');
  copy.addEventListener('click', () => void copyFrom(lines, copy));
  const paste = element(
    'details',
    {},
    element('summary', {}, 'Lines to paste'),
    lines,
    element('p', {}, copy, ' ', element('a', { href: address }, 'as a file')),
  );
  let isAsked = false;
  paste.addEventListener('toggle', () => {
    if (isAsked || !paste.open) return;
    isAsked = true;
    void linesAt(address).then(({ text, isRight }) => {
      write(lines, text);
      copy.hidden = !isRight;
      isAsked = isRight;
    });
  });
  showPanel(
    { title: 'Next: name your sensors', dismissedAs: 'naming-dismissed' },
    element(
      'p',
      {},
      'This server has found sensors. It serves them under names of its own, and keeps their rows in memory alone.',
    ),
    element(
      'ul',
      {},
      element(
        'li',
        {},
        'In a terminal of the server, ',
        element('code', {}, commands.setup),
        ' asks for names, the interval, a history and who may read',
        ...servedBy(commands),
        '.',
      ),
      element(
        'li',
        {},
        'Or paste lines into the ',
        documentation('configuration', 'configuration'),
        ' with ',
        element('code', {}, commands.edit),
        ':',
        paste,
      ),
    ),
  );
}

async function linesAt(address: string): Promise<{ readonly text: string; readonly isRight: boolean }> {
  try {
    const answer = await fetch(address);
    const text = await answer.text();
    if (answer.ok) return { text, isRight: true };
    return { text: `The server has no lines (${answer.status}): reload this page.`, isRight: false };
  } catch {
    return { text: 'The server does not answer. Open this again to ask again.', isRight: false };
  }
}
