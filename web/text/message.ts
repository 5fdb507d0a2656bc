// Shows a message in the place of the charts, with a button to try again.

import { byId, write } from './element.ts';

/** Shows a message, with a button that calls `again` if that is given. */
export function showMessage(title: string, text: string, again?: () => void): void {
  const button = byId('retry', HTMLButtonElement);
  write(byId('message-title', HTMLElement), title);
  write(byId('message-text', HTMLElement), text);
  button.hidden = again === undefined;
  button.onclick = again ?? null;
  byId('message', HTMLElement).hidden = false;
}

export function hideMessage(): void {
  byId('message', HTMLElement).hidden = true;
}
