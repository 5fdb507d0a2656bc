// Shows or hides the line of a column in the charts, by the same button that the legend has for it.

export class ChartLines {
  readonly #charts: HTMLElement;
  readonly #observers: readonly MutationObserver[];
  /** Columns that are alone in their chart, which goes away as a whole. */
  readonly #alone = new Set<string>();

  /** `changed` is called when a line was hidden or shown here or in the legend. */
  constructor(charts: HTMLElement, changed: () => void) {
    this.#charts = charts;
    const pressed = new MutationObserver(changed);
    pressed.observe(charts, { attributeFilter: ['aria-pressed'], subtree: true });
    const replaced = new MutationObserver(() => {
      for (const column of this.#alone) this.#hideChart(column, true);
      changed();
    });
    replaced.observe(charts, { childList: true });
    this.#observers = [pressed, replaced];
  }

  isHidden(column: string): boolean {
    const button = this.#buttonOf(column);
    return button === undefined ? this.#alone.has(column) : button.getAttribute('aria-pressed') === 'false';
  }

  toggle(column: string): void {
    const button = this.#buttonOf(column);
    if (button !== undefined) {
      button.click();
      return;
    }
    const isHidden = !this.#alone.has(column);
    if (isHidden) this.#alone.add(column);
    else this.#alone.delete(column);
    this.#hideChart(column, isHidden);
  }

  close(): void {
    for (const observer of this.#observers) observer.disconnect();
  }

  /** Undefined for a column that is alone in its chart: its legend has no button. */
  #buttonOf(column: string): HTMLButtonElement | undefined {
    return this.#entryOf(column)?.querySelector<HTMLButtonElement>('button[aria-pressed]') ?? undefined;
  }

  #hideChart(column: string, isHidden: boolean): void {
    const chart = this.#entryOf(column)?.closest<HTMLElement>('.panel');
    if (chart && this.#buttonOf(column) === undefined) chart.hidden = isHidden;
  }

  #entryOf(column: string): Element | null {
    return this.#charts.querySelector(`[data-column="${CSS.escape(column)}"]`);
  }
}
