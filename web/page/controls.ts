// What a person can set: how much of the past is shown, and whether the charts move.

import type { Plot } from '../chart/plot.ts';
import { byId, element, write } from '../text/element.ts';
import { chosenWindow, correctedHash, suitableWindow, windowsWith, withWindow } from './choices.ts';

export class Controls {
  readonly #window = byId('window', HTMLSelectElement);
  readonly #pause = byId('pause', HTMLButtonElement);
  readonly #chosen: () => void;
  #plot: Plot | undefined;
  #interval: number | undefined;

  /** `chosen` is told when the hash of the page has changed. */
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

  /** Milliseconds that are to be shown: what was chosen, or what suits rows `interval` seconds apart. */
  windowFor(interval: number | undefined): number {
    this.#interval = interval;
    this.#show();
    return this.#milliseconds;
  }

  /** The plot that they are for; undefined for none. */
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
    // What the address asks for is shown, or the address says what is.
    const hash = correctedHash(location.hash);
    if (hash !== location.hash) history.replaceState(null, '', hash || location.pathname + location.search);
    const windows = windowsWith(this.#milliseconds / 1000);
    if (this.#window.childElementCount !== windows.length || !this.#has(this.#milliseconds / 1000)) {
      this.#window.replaceChildren(
        ...windows.map(([seconds, name]) => element('option', { value: String(seconds) }, name)),
      );
    }
    const paused = this.#plot?.isPaused ?? false;
    this.#window.value = String(this.#milliseconds / 1000);
    this.#pause.disabled = this.#plot === undefined;
    this.#pause.setAttribute('aria-pressed', String(paused));
    write(this.#pause, paused ? 'Go on' : 'Pause');
  }
}
