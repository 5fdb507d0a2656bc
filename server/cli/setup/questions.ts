// Asks questions on a terminal, each of them again until its answer is right.

/** The person has ended the input, or has typed Ctrl-C: nothing is to be changed. */
export class GaveUp extends Error {}

export interface Asking {
  print(text: string): void;
  /** Undefined if the input has ended. */
  ask(question: string): Promise<string | undefined>;
}

export class Questions {
  readonly #terminal: Asking;

  constructor(terminal: Asking) {
    this.#terminal = terminal;
  }

  /**
   * Asks until `read` takes the answer. An empty answer means `usual`, which is shown.
   * @param read returns the value, or throws a sentence that says what was expected
   * @throws GaveUp
   */
  async ask<Value>(question: string, usual: string, read: (answer: string) => Value): Promise<Value> {
    while (true) {
      const typed = await this.#terminal.ask(`${question}${usual === '' ? '' : ` [${usual}]`}: `);
      if (typed === undefined) throw new GaveUp();
      try {
        return read(typed.trim() === '' ? usual : typed.trim());
      } catch (error) {
        if (error instanceof GaveUp || !(error instanceof Error)) throw error;
        this.#terminal.print(`${error.message}\n`);
      }
    }
  }

  confirm(question: string, usual: boolean): Promise<boolean> {
    return this.ask(`${question} (y or n)`, usual ? 'y' : 'n', answer => {
      if (/^y(es)?$/i.test(answer)) return true;
      if (/^no?$/i.test(answer)) return false;
      throw new Error(`expected y or n, found "${answer}"`);
    });
  }
}

/** The numbers from 1 to `most` in a text such as `1 3` or `1,3-5`, each once; all of them for `all`. */
export function numbersIn(text: string, most: number): readonly number[] {
  if (text === 'all') return Array.from({ length: most }, (_, index) => index + 1);
  const numbers = text.split(/[\s,]+/).flatMap(word => {
    const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
    const [low, high] = [Number(first), Number(last)];
    if (first === '' || low < 1 || high > most || low > high)
      throw new Error(`expected all, or numbers from 1 to ${most} such as 1 or 1 3, found "${word}"`);
    return Array.from({ length: high - low + 1 }, (_, index) => low + index);
  });
  return [...new Set(numbers)];
}
