// Asks for the newest row now and then while the page is hidden and has no stream: an alarm has to be seen in the title of its tab.

import { fieldsOf, jsonOf } from '../text/json.ts';

/** Milliseconds after which a hidden page asks first, and between two questions. */
const FIRST = 10_000;
const EVERY = 60_000;

const PATIENCE = 20_000;

export class HiddenValues {
  readonly #from: string;
  readonly #answered: (values: ReadonlyMap<string, number>) => void;
  readonly #life: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `from`: the address of the dataset's newest row. `answered` gets the numbers by column, NaN for missing values. */
  constructor(from: string, answered: (values: ReadonlyMap<string, number>) => void, signal: AbortSignal) {
    this.#from = from;
    this.#answered = answered;
    this.#life = signal;
    document.addEventListener('visibilitychange', () => this.#see(), { signal });
    signal.addEventListener('abort', () => clearTimeout(this.#timer));
    this.#see();
  }

  #see(): void {
    clearTimeout(this.#timer);
    if (document.visibilityState === 'hidden') this.#timer = setTimeout(() => void this.#ask(), FIRST);
  }

  async #ask(): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE);
    const values = await fetch(this.#from, { cache: 'no-store', signal })
      .then(valuesIn)
      // A body may be broken off, or no JSON.
      .catch(() => undefined);
    if (document.visibilityState !== 'hidden' || this.#life.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), EVERY);
    if (values !== undefined) this.#answered(values);
  }
}

/** The numbers of an answer; undefined for an answer of another kind, and before the first row. */
async function valuesIn(response: Response): Promise<ReadonlyMap<string, number> | undefined> {
  const { epoch, values } = fieldsOf(await jsonOf(response));
  if (typeof epoch !== 'number') return undefined;
  return new Map(
    Object.entries(fieldsOf(values)).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : Number.NaN,
    ]),
  );
}
