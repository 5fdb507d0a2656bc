// Sets the colours of the page: those that the address names, else those that the reader has chosen in this browser, else the system's.

import { THEMES, type Theme } from './view-address.ts';

/** Where the browser keeps the choice, for all pages of the server. */
const STORED_AT = 'theme';

/** The choice that is kept; undefined for the system's colours, and in a browser that keeps nothing. */
export function storedTheme(): Theme | undefined {
  try {
    const stored = localStorage.getItem(STORED_AT);
    return THEMES.find(theme => theme === stored);
  } catch {
    return undefined;
  }
}

/** Keeps a choice; undefined for the system's colours. */
export function storeTheme(theme: Theme | undefined): void {
  try {
    if (theme === undefined) localStorage.removeItem(STORED_AT);
    else localStorage.setItem(STORED_AT, theme);
  } catch {
    // A browser that keeps nothing shows the choice until the page is closed.
  }
}

/** Shows the page in these colours; undefined for the system's. */
export function showTheme(theme: Theme | undefined): void {
  const root = document.documentElement;
  if (theme === undefined) root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', theme);
}
