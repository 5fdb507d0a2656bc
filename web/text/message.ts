// What is said in place of the charts where there are none, and what can be done about it.

import { byId, write } from './element.ts';

/** Shows a message; `again` is offered as a button where it is given. */
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
