// Copies a text of the page to the clipboard, and says on the button that it did.

import { write } from './element.ts';

/** Milliseconds for which the button says what has happened. */
const SAYS_SO = 2500;

/**
 * Copies the text of `source`, or selects it if the page may not write to the clipboard. `button`, whose name is `name`, says which.
 * Resolves with the same word.
 */
export async function copyFrom(source: HTMLElement, button: HTMLElement, name = 'Copy'): Promise<string> {
  const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? '');
  const done = (await isWritten(text)) || isSelectedAndCopied(source) ? 'Copied' : 'Selected';
  write(button, done);
  setTimeout(() => write(button, name), SAYS_SO);
  return done;
}

/** Browsers offer the clipboard only to pages from https and from this machine. */
async function isWritten(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Pages from http may copy what is selected. */
function isSelectedAndCopied(source: HTMLElement): boolean {
  if (source instanceof HTMLInputElement) {
    source.focus();
    source.select();
  } else getSelection()?.selectAllChildren(source);
  return document.execCommand('copy');
}
