// Holds the view, which is all that the address of the page says: the time in the charts, the columns, the pinned moment, the colours.

import { PointedMoment } from '../chart/pointed-moment.ts';
import { isStanding, type Shown, Timeline } from '../past/timeline.ts';
import { withoutCredentials } from '../stream/address.ts';
import { type ParameterName, parametersOf, withParameters } from '../stream/parameters.ts';
import { suitableWindow } from './choices.ts';
import { Columns } from './columns.ts';
import { PageAddress } from './page-address.ts';
import { Problems } from './problems.ts';
import { showTheme, storedTheme, storeTheme } from './theme-choice.ts';
import { namedView, outsideOf, type Theme, timeParameters } from './view-address.ts';
import { writeMoment } from './view-times.ts';

export interface ViewEvents {
  /** The time in the charts has changed. */
  timeChanged(): void;
  /** The address of the page has changed. */
  addressChanged(): void;
}

export interface ViewOptions {
  /** The names of the datasets that the page shows. */
  readonly names: readonly string[];
  /** Sentences about the datasets that the address names. */
  readonly problems: readonly string[];
  /** The time of the server's clock, in milliseconds since 1970. */
  readonly now: () => number;
}

export class View {
  readonly timeline: Timeline;
  readonly moment = new PointedMoment(time => this.#pinned(time));
  readonly columns: Columns;
  readonly #problems = new Problems();
  readonly #address: PageAddress;
  readonly #options: ViewOptions;
  readonly #events: ViewEvents;
  #theme: Theme | undefined;
  /** Neither the address nor the reader has chosen what is shown. */
  #isDefault = true;
  /** The window that suits the rows, in milliseconds. */
  #usual = 1000 * suitableWindow(undefined);
  #isReady = false;
  /** A moment of the address that waits until it is known which time is shown. */
  #at: number | undefined;
  /** The page is taking over what the address says, and does not write it. */
  #isReading = false;

  constructor(options: ViewOptions, events: ViewEvents) {
    this.#options = options;
    this.#events = events;
    this.timeline = new Timeline({ window: this.#usual }, isStep => this.#moved(isStep));
    this.columns = new Columns(options.names, () => this.#columnsChosen());
    this.#address = new PageAddress({
      read: () => this.#read(),
      changed: () => events.addressChanged(),
    });
    this.#read();
    this.#isReady = true;
  }

  /** The link of the view: with fixed times if the charts stand, with the window if they move. */
  linkOf(shown: Shown, datasets: readonly string[]): string {
    const hasDatasets = this.#names('url') || this.#names('d');
    const named = hasDatasets ? {} : { d: datasets };
    return withoutCredentials(withParameters(this.#address.href, { ...named, ...timeParameters(shown) }));
  }

  get theme(): Theme | undefined {
    return this.#theme ?? storedTheme();
  }

  /** The reader chooses colours; undefined for the system's. They replace those of the address, if it names any. */
  chooseTheme(theme: Theme | undefined): void {
    storeTheme(theme);
    this.#address.step({ theme: undefined });
    this.#theme = undefined;
    this.#problems.of('theme');
    showTheme(theme);
  }

  /** Shows a window that suits rows `interval` seconds apart, unless one was chosen; of several datasets the longest. */
  suits(interval: number | undefined): void {
    this.#usual = Math.max(this.#usual, 1000 * suitableWindow(interval));
    const { shown } = this.timeline;
    if (this.#isDefault && !isStanding(shown) && this.#usual > shown.window) {
      this.timeline.suggest({ window: this.#usual });
    }
    this.#pin();
  }

  /** Sets the columns of the dataset at `index` of the page. */
  columnsAre(index: number, names: readonly string[]): void {
    this.columns.columnsAre(index, names);
    this.#problems.of('columns', this.columns.problems);
  }

  /** Says why a part of the page is missing; nothing for undefined. */
  partIs(problem: string | undefined): void {
    this.#problems.of('page', problem === undefined ? [] : [problem]);
  }

  #names(parameter: ParameterName): boolean {
    return (parametersOf(this.#address.href).get(parameter) ?? []).some(value => value !== '');
  }

  #read(): void {
    this.#isReading = true;
    const { shown, at, columns, theme, problems } = namedView(this.#address.href, this.#options.now());
    this.#problems.set([
      ...this.#options.problems.map(text => ({ of: 'address' as const, text })),
      ...problems,
    ]);
    this.timeline.suggest(shown ?? { window: this.#usual });
    this.#isDefault = shown === undefined;
    this.columns.name(columns);
    this.#problems.of('columns', this.columns.problems);
    this.#theme = theme;
    showTheme(theme ?? storedTheme());
    this.#at = at;
    this.moment.pin(undefined);
    if (shown !== undefined) this.#pin();
    this.#isReading = false;
  }

  /** Pins the moment of the address, if it lies in the time that is shown. */
  #pin(): void {
    const at = this.#at;
    if (at === undefined) return;
    const problem = outsideOf(at, this.timeline.stretch(this.#options.now()));
    this.#problems.of('moment', problem === undefined ? [] : [problem]);
    if (problem !== undefined) return;
    this.#at = undefined;
    this.#isReading = true;
    this.moment.pin(at);
    this.#isReading = false;
  }

  #moved(isStep: boolean | undefined): void {
    if (isStep !== undefined && !this.#isReading) {
      this.#isDefault = false;
      this.#problems.of('time');
      const changes = timeParameters(this.timeline.shown);
      if (isStep) this.#address.step(changes);
      else this.#address.note(changes);
    }
    if (this.#isReady) this.#events.timeChanged();
  }

  #columnsChosen(): void {
    this.#problems.of('columns', this.columns.problems);
    this.#address.step({ cols: this.columns.named?.join(',') });
  }

  /** A pinned moment is read, and no step: Back passes over it. */
  #pinned(time: number | undefined): void {
    if (this.#isReading) return;
    this.#at = undefined;
    this.#problems.of('moment');
    this.#address.note({ at: time === undefined ? undefined : writeMoment(time) });
  }
}
