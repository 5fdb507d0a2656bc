// Gives away the view that is shown: its link, to the clipboard or to the apps of a phone, and a list of what else can be taken.

import { copyFrom } from '../text/copy.ts';
import { byId, write } from '../text/element.ts';

export interface ShareOptions {
  /** The link of the view. */
  link(): string;
  /** Lists what else can be taken from the view. */
  fill(list: HTMLElement): Promise<void>;
}

export interface Share {
  /** Opens the list, and copies nothing. */
  readonly open: () => void;
  /** The view has changed: an open list shows what can be taken from it now. */
  readonly viewChanged: () => void;
}

/** Wires the button, and the box that it opens. */
export function wireShare({ link, fill }: ShareOptions): Share {
  const button = byId('share', HTMLButtonElement);
  const box = byId('share-box', HTMLElement);
  const field = byId('share-link', HTMLInputElement);
  const send = byId('share-send', HTMLButtonElement);
  const show = (isOpen: boolean) => {
    box.hidden = !isOpen;
    button.setAttribute('aria-expanded', String(isOpen));
  };
  const viewChanged = () => {
    if (box.hidden) return;
    field.value = link();
    void fill(byId('take-list', HTMLElement));
  };
  const open = () => {
    show(true);
    viewChanged();
    field.focus();
    field.select();
  };
  const close = () => {
    show(false);
    button.focus();
  };
  byId('share-close', HTMLButtonElement).addEventListener('click', close);
  box.addEventListener('keydown', event => {
    if (event.key === 'Escape') close();
  });
  const copyLink = async (pressed: HTMLButtonElement, name: string) => {
    write(byId('announcement', HTMLElement), await copyFrom(field, pressed, name));
  };
  const copyButton = byId('share-copy', HTMLButtonElement);
  copyButton.addEventListener('click', () => {
    // A pause does not change the address of the page, but the link.
    field.value = link();
    void copyLink(copyButton, 'Copy');
  });
  // There the apps to share with are.
  send.hidden = !(isPhone() && 'share' in navigator);
  send.addEventListener('click', () => {
    // It rejects if the reader has chosen no app.
    void navigator.share({ title: document.title, url: field.value }).catch(() => {});
  });
  button.addEventListener('click', () => {
    if (!box.hidden) return close();
    open();
    if (send.hidden) void copyLink(button, 'Share');
  });
  return { open, viewChanged };
}

/** True where the reader has a finger and no mouse. */
function isPhone(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}
