// How does a sensor use GPIO lines? By the BCM numbers of their pins, a line for one owner: inputs and outputs.

/** 1 is high, about 3.3 V on a Raspberry Pi. */
export type Level = 0 | 1;

/** The resistor of some 50 kOhm that the chip puts at an input; `as-is` leaves what was set at boot. */
export const PULLS = ['as-is', 'up', 'down', 'none'] as const;

export type Pull = (typeof PULLS)[number];

/**
 * The interfaces of the kernel to its lines: the files of /sys/class/gpio, through onoff, or the character device
 * /dev/gpiochipN, through koffi. `auto` is the character device, where the kernel keeps each edge with its time and takes the
 * line back when the process ends; sysfs where the character device cannot open the line.
 */
export const GPIO_INTERFACES = ['auto', 'sysfs', 'character-device'] as const;

export type GpioInterface = (typeof GPIO_INTERFACES)[number];

/** A line took another level. */
export interface Edge {
  /** The level from then on. */
  readonly level: Level;
  /** Monotonic seconds, as `Clock.monotonic` counts them. */
  readonly time: number;
}

export interface LineOptions {
  /** `auto` where it is left out. */
  readonly interface?: GpioInterface;
}

export interface InputOptions extends LineOptions {
  /** `as-is` where it is left out. */
  readonly pull?: Pull;
  /** Told every edge once, in order, if need be a little later than it came, the last ones by `close`. Without it edges are not watched. */
  readonly onEdge?: (edge: Edge) => void;
  /**
   * Told how many edges there were that the kernel had no room for, before `onEdge` is told them all with the next one's time:
   * their number is right, when they came is not known.
   */
  readonly onLost?: (edges: number) => void;
}

/** The GPIO lines of a machine. Whoever opens a line closes it. */
export interface GpioLines {
  /**
   * Makes a pin an input.
   * @param pin BCM number, as in GPIO17
   * @throws one sentence that says what this machine lacks or who else has the line
   */
  input(pin: number, options?: InputOptions): Promise<GpioInput>;
  /** Makes a pin an output that has `level` from its first moment on. Throws as `input` does. */
  output(pin: number, level: Level, options?: LineOptions): Promise<GpioOutput>;
}

/** A line that is read. What takes microseconds does not wait: a chip is clocked by dozens of these calls. */
export interface GpioInput {
  /** For errors: `GPIO17`. */
  readonly place: string;
  /** @throws one sentence where the line has gone */
  read(): Level;
  close(): void;
}

/** A line that is driven. */
export interface GpioOutput {
  readonly place: string;
  /** @throws one sentence where the line has gone */
  write(level: Level): void;
  close(): void;
}

/** What a pin is called in errors: `GPIO17`. */
export function pinName(pin: number): string {
  return `GPIO${pin}`;
}

/** What a pin is called in claims: `gpio17`. */
export function pinClaim(pin: number): string {
  return `gpio${pin}`;
}

/** One way to the lines. */
export interface GpioBackend extends GpioLines {
  readonly interface: Exclude<GpioInterface, 'auto'>;
  /** Why it cannot serve here, a part of a sentence; undefined where it can. Does not reject. */
  lacks(): Promise<string | undefined>;
}
