// Simulates GPIO lines with waves, chip models or levels of a test at them.

import { type Clock, systemClock } from '../clock.ts';
import {
  type Edge,
  type GpioBackend,
  type GpioInput,
  type GpioLines,
  type GpioOutput,
  type InputOptions,
  type Level,
  pinName,
} from './gpio.ts';
import { gpioLines } from './gpio-lines.ts';

/** A level as a function of monotonic time. */
export interface Wave {
  level(time: number): Level;
  /** The edges after the time `after` up to the time `until`, in order. */
  edges(after: number, until: number): Iterable<Edge>;
}

/** The faults of a line. */
export type GpioFault =
  /** The driver of the chip was unloaded. */
  | 'gone'
  /** A driver of the kernel holds the line. */
  | 'held'
  /** The user may not use the files. */
  | 'forbidden';

const SENTENCES: Readonly<Record<GpioFault, string>> = {
  gone: 'has gone since it was opened',
  held: 'is in use by spi0 CS0',
  forbidden: 'may not be used by this user',
};

interface OpenInput {
  readonly onEdge: ((edge: Edge) => void) | undefined;
  readonly onLost: InputOptions['onLost'];
  reportedUntil: number;
}

/** Simulated lines, and the circuits at them. */
export class SimulatedGpio {
  readonly lines: GpioLines;
  readonly #clock: Clock;
  readonly #sources = new Map<number, () => Level>();
  readonly #waves = new Map<number, Wave>();
  readonly #listeners = new Map<number, (level: Level) => void>();
  readonly #outputs = new Map<number, Level>();
  readonly #inputs = new Map<number, OpenInput>();
  readonly #faults = new Map<number, GpioFault>();

  constructor({ clock = systemClock }: { readonly clock?: Clock } = {}) {
    this.#clock = clock;
    const backend = (name: GpioBackend['interface']): GpioBackend => ({
      interface: name,
      lacks: async () => undefined,
      input: async (pin, options) => this.#input(pin, options),
      output: async (pin, level) => this.#output(pin, level),
    });
    this.lines = gpioLines([backend('character-device'), backend('sysfs')]);
  }

  /** The open pins, in order. */
  get open(): readonly number[] {
    return [...this.#inputs.keys(), ...this.#outputs.keys()].sort((a, b) => a - b);
  }

  /** Puts a level at an input, with an edge if it had the other one. */
  set(pin: number, level: Level): void {
    const before = this.#levelAt(pin);
    this.#waves.delete(pin);
    this.#sources.set(pin, () => level);
    if (before !== level) this.#inputs.get(pin)?.onEdge?.({ level, time: this.#clock.monotonic() });
  }

  /** Puts a source of levels at an input, which makes no edges. */
  drive(pin: number, source: () => Level): void {
    this.#sources.set(pin, source);
  }

  /** Puts a wave at an input. Its edges are reported when the input is read. */
  play(pin: number, wave: Wave): void {
    this.#waves.set(pin, wave);
  }

  /** Makes edges that the kernel has no room for, so that their times are lost. */
  lose(pin: number, edges: number): void {
    const input = this.#inputs.get(pin);
    input?.onLost?.(edges);
    for (let edge = 0; edge < edges; edge++) this.set(pin, this.#levelAt(pin) === 1 ? 0 : 1);
  }

  /** Calls `listener` with each level that is written to an output. */
  listen(pin: number, listener: (level: Level) => void): void {
    this.#listeners.set(pin, listener);
  }

  fail(pin: number, fault: GpioFault): void {
    this.#faults.set(pin, fault);
  }

  mend(pin: number): void {
    this.#faults.delete(pin);
  }

  #check(pin: number): void {
    const fault = this.#faults.get(pin);
    if (fault !== undefined) throw new Error(`${pinName(pin)} ${SENTENCES[fault]}`);
  }

  #levelAt(pin: number): Level {
    return this.#waves.get(pin)?.level(this.#clock.monotonic()) ?? this.#sources.get(pin)?.() ?? 0;
  }

  #input(pin: number, { onEdge, onLost }: InputOptions = {}): GpioInput {
    this.#check(pin);
    const input: OpenInput = { onEdge, onLost, reportedUntil: this.#clock.monotonic() };
    this.#inputs.set(pin, input);
    return {
      place: pinName(pin),
      read: () => {
        this.#check(pin);
        const now = this.#clock.monotonic();
        const edges = onEdge && this.#waves.get(pin)?.edges(input.reportedUntil, now);
        for (const edge of edges ?? []) onEdge?.(edge);
        input.reportedUntil = now;
        return this.#levelAt(pin);
      },
      close: () => this.#inputs.delete(pin),
    };
  }

  #output(pin: number, level: Level): GpioOutput {
    this.#check(pin);
    const write = (next: Level) => {
      this.#check(pin);
      this.#outputs.set(pin, next);
      this.#listeners.get(pin)?.(next);
    };
    write(level);
    return { place: pinName(pin), write, close: () => this.#outputs.delete(pin) };
  }
}
