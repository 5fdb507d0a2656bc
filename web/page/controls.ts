// Wires the controls of the plot: the length of the past that is shown, and the pause button.

import type { Plot } from '../chart/plot.ts';
import { byId, element, write } from '../text/element.ts';
import { chosenWindow, correctedHash, suitableWindow, windowsWith, withWindow } from './choices.ts';

export class Controls {
  readonly #window = byId('window', HTMLSelectElement);
  readonly #pause = byId('pause', HTMLButtonElement);
  readonly #chosen: () => void;
  #plot: Plot | undefined;
  #interval: number | undefined;

  /** `chosen` is called when the hash of the page has changed. */
  constructor(chosen: () => void) {
    this.#chosen = chosen;
    this.#window.addEventListener('change', () => {
      history.replaceState(null, '', withWindow(location.hash, Number(this.#window.value)));
      this.#apply();
    });
    addEventListener('hashchange', () => this.#apply());
    this.#pause.addEventListener('click', () => {
      this.#plot?.pause(!this.#plot.isPaused);
      this.#show();
    });
    byId('again', HTMLButtonElement).addEventListener('click', () => this.#plot?.reconnect());
    this.#show();
  }

  /** Milliseconds to show: the chosen window, else a window that suits rows `interval` seconds apart. */
  windowFor(interval: number | undefined): number {
    this.#interval = interval;
    this.#show();
    return this.#milliseconds;
  }

  /** Sets the plot to control; undefined for none. */
  control(plot: Plot | undefined): void {
    this.#plot = plot;
    this.#show();
  }

  get #milliseconds(): number {
    return 1000 * (chosenWindow(location.hash) ?? suitableWindow(this.#interval));
  }

  #apply(): void {
    this.#show();
    this.#plot?.setWindow(this.#milliseconds);
    this.#chosen();
  }

  #has(seconds: number): boolean {
    return [...this.#window.options].some(({ value }) => value === String(seconds));
  }

  #show(): void {
    // The address names the window that is shown, or none.
    const hash = correctedHash(location.hash);
    if (hash !== location.hash) history.replaceState(null, '', hash || location.pathname + location.search);
    const windows = windowsWith(this.#milliseconds / 1000);
    if (this.#window.childElementCount !== windows.length || !this.#has(this.#milliseconds / 1000)) {
      this.#window.replaceChildren(
        ...windows.map(([seconds, name]) => element('option', { value: String(seconds) }, name)),
      );
    }
    const isPaused = this.#plot?.isPaused ?? false;
    this.#window.value = String(this.#milliseconds / 1000);
    this.#pause.disabled = this.#plot === undefined;
    this.#pause.setAttribute('aria-pressed', String(isPaused));
    write(this.#pause, isPaused ? 'Go on' : 'Pause');
  }
}
