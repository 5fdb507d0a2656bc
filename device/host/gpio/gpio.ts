// Declares GPIO lines as sensors use them: inputs and outputs by BCM number, each line with one owner.

/** 1 is high, about 3.3 V on a Raspberry Pi. */
export type Level = 0 | 1;

/** The resistor of about 50 kOhm at an input; `as-is` leaves the setting of the boot. */
export const PULLS = ['as-is', 'up', 'down', 'none'] as const;

export type Pull = (typeof PULLS)[number];

/**
 * The interfaces of the kernel to its lines: the files of /sys/class/gpio, through onoff, or the character device
 * /dev/gpiochipN, through koffi. `auto` is the character device, where the kernel keeps each edge with its time and takes the
 * line back when the process ends; sysfs where the character device cannot open the line.
 */
export const GPIO_INTERFACES = ['auto', 'sysfs', 'character-device'] as const;

export type GpioInterface = (typeof GPIO_INTERFACES)[number];

/** A change of a line's level. */
export interface Edge {
  /** The level after the edge. */
  readonly level: Level;
  /** Monotonic seconds, as `Clock.monotonic` counts them. */
  readonly time: number;
}

export interface LineOptions {
  /** `auto` by default. */
  readonly interface?: GpioInterface;
}

export interface InputOptions extends LineOptions {
  /** `as-is` by default. */
  readonly pull?: Pull;
  /** Gets each edge once, in order, possibly with a short delay; `close` reports the last ones. Without it edges are not watched. */
  readonly onEdge?: (edge: Edge) => void;
  /**
   * Gets the number of edges for which the kernel had no room, before `onEdge` gets each of them with the time of the next
   * edge: their number is known, their times are not.
   */
  readonly onLost?: (edges: number) => void;
}

/** The GPIO lines of a machine. The caller closes each line that it opens. */
export interface GpioLines {
  /**
   * Makes a pin an input.
   * @param pin BCM number, as in GPIO17
   * @throws one sentence that says what this machine lacks, or which program holds the line
   */
  input(pin: number, options?: InputOptions): Promise<GpioInput>;
  /** Makes a pin an output that starts at `level`. Throws as `input` does. */
  output(pin: number, level: Level, options?: LineOptions): Promise<GpioOutput>;
}

/** An input. `read` is synchronous, since it takes microseconds and a chip is clocked by dozens of such calls. */
export interface GpioInput {
  /** For errors: `GPIO17`. */
  readonly place: string;
  /** @throws one sentence if the line is gone */
  read(): Level;
  close(): void;
}

/** An output. */
export interface GpioOutput {
  readonly place: string;
  /** @throws one sentence if the line is gone */
  write(level: Level): void;
  close(): void;
}

/** The name of a pin in errors, such as `GPIO17`. */
export function pinName(pin: number): string {
  return `GPIO${pin}`;
}

/** The name of a pin in claims, such as `gpio17`. */
export function pinClaim(pin: number): string {
  return `gpio${pin}`;
}

/** The lines by one interface of the kernel. */
export interface GpioBackend extends GpioLines {
  readonly interface: Exclude<GpioInterface, 'auto'>;
  /** Why it cannot be used on this machine, a part of a sentence; undefined if it can. Does not reject. */
  lacks(): Promise<string | undefined>;
}
