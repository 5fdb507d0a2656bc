// Drives a browser by the commands of WebDriver, whatever carries them: scripts, the mouse, keys and windows.

import { expect } from 'vitest';

/** Carries a command of WebDriver to a browser, and ends that browser. */
export interface Driver {
  /** Another tab hides the page. False where each window is seen, as on a screen without a window manager. */
  readonly hasTabs: boolean;
  /** Sends a command of Marionette's name, such as `WebDriver:Navigate`. Rejects with the browser's error. */
  send(command: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

/** How long a condition may take to come true. */
const PATIENT = { timeout: 60_000, interval: 100 };

/** The codes of keys in WebDriver. */
export const KEYS = { Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C', ArrowLeft: '\uE012' } as const;

export class RemoteBrowser {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async open(url: string): Promise<void> {
    await this.#driver.send('WebDriver:Navigate', { url });
  }

  /** Calls a function in the page; it depends on its arguments alone, and its result is JSON. */
  async evaluate<Result, Args extends readonly unknown[]>(
    action: (...args: Args) => Result,
    ...args: Args
  ): Promise<Result> {
    const script = `return (${action})(...arguments);`;
    const result = await this.#driver.send('WebDriver:ExecuteScript', { script, args });
    return result as Result;
  }

  /** Waits until a function of the page returns `expected`, or what matches it. */
  async until<Args extends readonly unknown[]>(
    expected: unknown,
    action: (...args: Args) => unknown,
    ...args: Args
  ): Promise<void> {
    const poll = expect.poll(() => this.evaluate(action, ...args), PATIENT);
    if (expected instanceof RegExp) await poll.toMatch(expected);
    else await poll.toEqual(expected);
  }

  /** Waits until the text of an element matches. */
  async textIs(selector: string, expected: string | RegExp): Promise<void> {
    await this.until(
      expected,
      wanted => document.querySelector(wanted)?.textContent ?? 'no such element',
      selector,
    );
  }

  /** Presses the mouse at one place of an element, moves to another, and lets go; places are shares of its width. */
  async drag(selector: string, from: number, to: number): Promise<void> {
    const { x, y, width } = await this.#boxOf(selector);
    const at = (place: number) => Math.round(x + place * width);
    const steps = [0.25, 0.5, 0.75, 1].map(share => ({
      ...move(at(from + (to - from) * share), y),
      duration: 20,
    }));
    await this.#mouse(move(at(from), y), { type: 'pointerDown', button: 0 }, ...steps, {
      type: 'pointerUp',
      button: 0,
    });
  }

  /** Moves the mouse to a place of an element, without a button. */
  async hover(selector: string, place: number): Promise<void> {
    const { x, y, width } = await this.#boxOf(selector);
    await this.#mouse(move(Math.round(x + place * width), y));
  }

  async click(selector: string): Promise<void> {
    const { x, y, width } = await this.#boxOf(selector);
    const button = { button: 0 };
    await this.#mouse(
      move(Math.round(x + width / 2), y),
      { type: 'pointerDown', ...button },
      { type: 'pointerUp', ...button },
    );
  }

  async press(...keys: readonly string[]): Promise<void> {
    const actions = keys.flatMap(value => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]);
    await this.#driver.send('WebDriver:PerformActions', { actions: [{ type: 'key', id: 'keys', actions }] });
  }

  /** Hides the page; the result brings it back. */
  async hide(): Promise<() => Promise<void>> {
    if (!this.#driver.hasTabs) {
      await this.evaluate(setVisibility, 'hidden');
      return () => this.evaluate(setVisibility, 'visible');
    }
    const page = await this.#driver.send('WebDriver:GetWindowHandle');
    const opened = await this.#driver.send('WebDriver:NewWindow', { type: 'tab', focus: true });
    await this.#switchTo((opened as { handle: string }).handle);
    return async () => {
      await this.#driver.send('WebDriver:CloseWindow');
      await this.#switchTo(page as string);
    };
  }

  close(): Promise<void> {
    return this.#driver.close();
  }

  async #switchTo(handle: string): Promise<void> {
    await this.#driver.send('WebDriver:SwitchToWindow', { handle, focus: true });
  }

  async #mouse(...actions: readonly object[]): Promise<void> {
    const mouse = { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions };
    await this.#driver.send('WebDriver:PerformActions', { actions: [mouse] });
  }

  /** Brings an element into sight: its left edge, its middle from above, and its width. */
  async #boxOf(selector: string): Promise<{ x: number; y: number; width: number }> {
    return this.evaluate(wanted => {
      const found = document.querySelector(wanted);
      if (found === null) throw new Error(`expected an element ${wanted}`);
      found.scrollIntoView({ block: 'center' });
      const { left, top, width, height } = found.getBoundingClientRect();
      return { x: left, y: Math.round(top + height / 2), width };
    }, selector);
  }
}

function move(x: number, y: number) {
  return { type: 'pointerMove', origin: 'viewport', x, y, duration: 0 };
}

/** What a browser does when another tab covers the page. */
function setVisibility(state: string): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}
