// Loads uPlot, which draws the lines of the past.

import type uPlot from 'uplot';

/** The constructor of uPlot. */
export type PastLibrary = typeof uPlot;

/** uPlot is loaded when the reader looks back for the first time. */
export async function loadPastLibrary(): Promise<PastLibrary> {
  nameLanguage();
  return (await import('uplot')).default;
}

/** While it is loaded uPlot needs the name of a language: WebKit calls that of a machine without one "C", which is no name. */
function nameLanguage(): void {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
  }
}
