// Keeps the last click on buttons whose code is not loaded yet, and repeats it once they work.

/** Keeps clicks on `buttons`. Returns what to call when they work. */
export function keepClicks(buttons: readonly HTMLElement[]): () => void {
  const life = new AbortController();
  let clicked: HTMLElement | undefined;
  for (const button of buttons) {
    const keep = (): void => {
      clicked = button;
    };
    button.addEventListener('click', keep, { signal: life.signal });
  }
  return () => {
    life.abort();
    clicked?.click();
  };
}
