// The custom element `<dapberry-chart>`: the charts of a dataset in any page, in a shadow tree of their own.

import { Plot } from '../chart/plot.ts';
import { suitableWindow } from '../page/choices.ts';
import { thinsRowsOut } from '../past/thinning-server.ts';
import { Timeline } from '../past/timeline.ts';
import { type DatasetAddress, datasetAddress } from '../stream/address.ts';
import { describePatiently } from '../stream/describe-patiently.ts';
import { explain, headingOf } from '../stream/reason.ts';
import { element } from '../text/element.ts';
import { watchDescription } from './description-watch.ts';
import { embeddedSheet } from './sheet.ts';
import { Strip } from './strip.ts';
import { wantedColumns, wantedTime, withColumns } from './wanted-view.ts';

/** Milliseconds before a dataset is opened again whose columns have changed, or that could not be shown. */
const BEFORE_REOPENING = 2000;
const BEFORE_RETRY = 30_000;

/** Milliseconds between two looks at the colour scheme of the page around the element. */
const LOOK_EVERY = 1000;

const TIME_ATTRIBUTES = ['window', 'from', 'to'];

const dark = matchMedia('(prefers-color-scheme: dark)');

/** The parts of the element while it is in a page. */
interface Shown {
  readonly life: AbortController;
  plot?: Plot;
  timeline?: Timeline;
  usualWindow?: number;
}

export class DapberryChart extends HTMLElement {
  static readonly observedAttributes = ['src', 'columns', 'theme', 'height', ...TIME_ATTRIBUTES];

  readonly #charts = element('div', { class: 'charts' });
  readonly #fault = element('div', { class: 'fault', role: 'alert', hidden: true });
  readonly #strip = new Strip();
  readonly #frame = element('div', { class: 'embedded' }, this.#strip.element, this.#fault, this.#charts);
  readonly #internals = this.attachInternals();
  #shown: Shown | undefined;
  #look: ReturnType<typeof setInterval> | undefined;
  #isDue = false;

  constructor() {
    super();
    this.#internals.role = 'group';
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [embeddedSheet()];
    root.append(this.#frame);
  }

  connectedCallback(): void {
    this.#look = setInterval(() => this.#paint(), LOOK_EVERY);
    this.#paint();
    this.#size();
    this.#openSoon();
  }

  disconnectedCallback(): void {
    clearInterval(this.#look);
    this.#close();
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (!this.isConnected || before === value) return;
    if (name === 'theme') this.#paint();
    else if (name === 'height') this.#size();
    else if (TIME_ATTRIBUTES.includes(name) && this.#shown?.timeline !== undefined) this.#move();
    else this.#openSoon();
  }

  /** Opens the dataset once, however many attributes are set one after the other. */
  #openSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#close();
      if (this.isConnected) void this.#open();
    });
  }

  #close(): void {
    this.#shown?.life.abort();
    this.#shown?.plot?.remove();
    this.#shown = undefined;
  }

  async #open(): Promise<void> {
    const life = new AbortController();
    const { signal } = life;
    const shown: Shown = { life };
    this.#shown = shown;
    this.#fault.hidden = true;
    this.#strip.set({ state: 'connecting' });
    let address: DatasetAddress | undefined;
    try {
      address = this.#address;
      // Before the first request: a mistake in an attribute is told at once.
      wantedTime(this.#time, Date.now());
      await this.#plot(shown, address, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#fail(address, error);
      this.#openAfter(BEFORE_RETRY, signal);
    }
  }

  async #plot(shown: Shown, address: DatasetAddress, signal: AbortSignal): Promise<void> {
    const { description: whole } = await describePatiently(
      address,
      this,
      (state, error) => {
        this.#strip.set(
          error !== undefined && state.state === 'reconnecting'
            ? { ...state, reason: this.#explain(address, error) }
            : state,
        );
      },
      signal,
    );
    // Not before: a server that is still away would count as one that does not.
    const thins = await thinsRowsOut(address, signal).catch(() => false);
    signal.throwIfAborted();
    const names = wantedColumns(this.getAttribute('columns'));
    const { address: asked, description } =
      names === undefined ? { address, description: whole } : withColumns(address, whole, names);
    shown.usualWindow = 1000 * suitableWindow(description.interval);
    const timeline = new Timeline(wantedTime(this.#time, Date.now()) ?? { window: shown.usualWindow }, () =>
      shown.plot?.timelineChanged(),
    );
    shown.timeline = timeline;
    shown.plot = new Plot(asked, description, {
      timeline,
      isOwn: thins,
      charts: this.#charts,
      status: this.#strip,
      seam: () => {},
      past: status => this.#strip.past(status),
      rowsCame: () => {},
      failed: (error, hadRows) => {
        this.#close();
        const again = new AbortController();
        this.#shown = { life: again };
        if (!hadRows) this.#fail(address, error);
        this.#openAfter(hadRows ? BEFORE_REOPENING : BEFORE_RETRY, again.signal);
      },
    });
    watchDescription(address, whole, () => this.#openSoon(), signal);
    this.#internals.ariaLabel = description.title;
    this.dispatchEvent(new CustomEvent('describe', { detail: { title: description.title } }));
  }

  #openAfter(millis: number, signal: AbortSignal): void {
    const timer = setTimeout(() => this.#openSoon(), millis);
    signal.addEventListener('abort', () => clearTimeout(timer));
  }

  /** Shows the time that the attributes name now. */
  #move(): void {
    const { timeline, usualWindow } = this.#shown!;
    try {
      timeline!.show(wantedTime(this.#time, Date.now()) ?? { window: usualWindow! });
      this.#fault.hidden = true;
    } catch (error) {
      this.#close();
      this.#fail(undefined, error);
    }
  }

  #fail(address: DatasetAddress | undefined, error: unknown): void {
    const heading = address === undefined ? 'This chart cannot be shown' : headingOf(error);
    this.#strip.set({ state: 'failed', reason: '' });
    this.#fault.replaceChildren(
      element('strong', {}, heading),
      element('p', {}, address === undefined ? messageOf(error) : this.#explain(address, error)),
    );
    this.#fault.hidden = false;
  }

  #explain(address: DatasetAddress, error: unknown): string {
    return explain(address, error, new URL(location.href));
  }

  get #address(): DatasetAddress {
    const src = this.getAttribute('src')?.trim() ?? '';
    if (src === '') {
      throw new TypeError(
        'Expected the attribute src with the address of a dataset, such as src="http://pi:8080/roof", found none',
      );
    }
    return datasetAddress(src, document.baseURI);
  }

  get #time() {
    const [window, from, to] = TIME_ATTRIBUTES.map(name => this.getAttribute(name));
    return { window: window ?? null, from: from ?? null, to: to ?? null };
  }

  /** Takes over the theme: that of the attribute, else the colour scheme of the page around the element. */
  #paint(): void {
    const wanted = this.getAttribute('theme');
    const theme = wanted === 'light' || wanted === 'dark' ? wanted : schemeAround(this);
    if (this.#frame.getAttribute('data-theme') !== theme) this.#frame.setAttribute('data-theme', theme);
  }

  /** Takes over the attribute `height`: a number of pixels, or a length of CSS. Without it the style sheet of the page decides. */
  #size(): void {
    const height = this.getAttribute('height')?.trim() ?? '';
    this.#frame.style.setProperty('height', /^\d+(\.\d+)?$/.test(height) ? `${height}px` : height);
  }
}

/** A page that says nothing about its colour scheme is light. */
function schemeAround(host: Element): 'light' | 'dark' {
  const { colorScheme } = getComputedStyle(host);
  if (!colorScheme.includes('dark')) return 'light';
  return colorScheme.includes('light') && !dark.matches ? 'light' : 'dark';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Defines `<dapberry-chart>`, unless the page has it already, as from another server. */
export function defineDapberryChart(): void {
  if (customElements.get('dapberry-chart') === undefined) {
    customElements.define('dapberry-chart', DapberryChart);
  }
}
