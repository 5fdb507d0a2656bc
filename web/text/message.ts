// Shows a message in the place of the charts, with a button to try again.

import { byId, type FindPart, write } from './element.ts';

/** Shows a message, with a button that calls `again` if that is given. */
export function showMessage(title: string, text: string, again?: () => void, find: FindPart = byId): void {
  const button = find('retry', HTMLButtonElement);
  write(find('message-title', HTMLElement), title);
  write(find('message-text', HTMLElement), text);
  button.hidden = again === undefined;
  button.onclick = again ?? null;
  find('message', HTMLElement).hidden = false;
}

export function hideMessage(find: FindPart = byId): void {
  find('message', HTMLElement).hidden = true;
}
