// Opens GPIO lines through onoff, by the kernel's line numbers and the files of /sys/class/gpio.

import { closeSync, existsSync, openSync } from 'node:fs';
import { access, constants, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Direction, Gpio } from 'onoff';
import type { Clock } from '../clock.ts';
import { moduleAdvice } from '../installation.ts';
import { EdgeTrain } from './edge-train.ts';
import { type ExportNotes, exportNotes } from './export-notes.ts';
import { type ExportedLine, keepExported, releaseExported } from './exported-lines.ts';
import type { GpioBackend } from './gpio.ts';
import { type Edge, type GpioInput, type GpioOutput, pinName } from './gpio.ts';
import { chipOf } from './gpio-chip.ts';
import { forbidden, goneError, openingError } from './gpio-error.ts';
import { type KernelLine, lineExports } from './gpio-export.ts';
import { levelIn, lineText } from './gpio-level.ts';
import { cannotShare, SHARED_FILES, sharedInput } from './gpio-shared.ts';

/** The used part of a line of onoff. */
export type OnoffLine = Pick<
  Gpio,
  'readSync' | 'writeSync' | 'watch' | 'unwatchAll' | 'direction' | 'edge' | 'unexport'
>;

/** The used part of the module onoff. */
export interface OnoffModule {
  readonly Gpio: new (line: number, direction: Direction, edge?: 'none' | 'both') => OnoffLine;
}

export interface SysfsGpioOptions {
  readonly clock: Clock;
  /** Loads the module; rejects if it is not installed or was not built. */
  readonly load?: () => Promise<OnoffModule>;
  /** The folder of sysfs GPIO. The module itself always uses /sys/class/gpio. */
  readonly root?: string;
  readonly proc?: string;
  /** Rejects with the kernel's `errno` if this user may not use a file in that mode (`R_OK`, `W_OK`). */
  readonly reach?: (file: string, mode: number) => Promise<void>;
  /** The notes by which a later dapberry frees lines that a killed one has left exported. */
  readonly notes?: ExportNotes;
  /** The holder of a line, as the character device tells it. */
  readonly whoHolds?: (pin: number) => Promise<string | undefined>;
}

/**
 * The limit in seconds for udev to give the files of a new line to the group gpio, and the time between two checks. It takes
 * some milliseconds, and seconds while a slow machine starts; a line that is unexported earlier makes udev start over.
 */
const PATIENCE = 8;
const LOOK_AGAIN = 0.01;

const { R_OK, W_OK } = constants;

interface OpenLine {
  readonly gpio: OnoffLine;
  /** The path of its file `value`. */
  readonly value: string;
  /** Unexports the line. */
  release(): void;
}

/** Lines by sysfs, which cannot set a pull. */
export function sysfsGpio({
  clock,
  load = loadOnoff,
  root = '/sys/class/gpio',
  proc = '/proc',
  reach = access,
  notes = exportNotes(),
  whoHolds = async () => undefined,
}: SysfsGpioOptions): GpioBackend {
  const exporter = join(root, 'export');
  const exports = lineExports({ root, proc, notes, whoHolds });

  const find = async (pin: number): Promise<KernelLine> => {
    const chip = chipOf(await chipsBelow(root), pin, join(root, 'gpiochip*'));
    const line = chip.base + pin;
    return { pin, line, folder: join(root, `gpio${line}`) };
  };

  /** Waits until this user may use files of the line. */
  const usable = async ({ pin, folder }: KernelLine, files: readonly string[], mode: number) => {
    const limit = clock.monotonic() + PATIENCE;
    for (const name of files) {
      const file = join(folder, name);
      for (;;) {
        const failure = await failureOf(reach(file, mode));
        if (failure === undefined) break;
        if (clock.monotonic() > limit) throw openingError(failure, pin, file, undefined);
        await clock.sleepUntil(clock.monotonic() + LOOK_AGAIN);
      }
    }
  };

  const open = async (
    wanted: KernelLine,
    direction: Direction,
    edge: 'none' | 'both',
    why: string,
  ): Promise<OpenLine> => {
    const { pin, line, folder } = wanted;
    const { Gpio } = await load();
    const own = await exports.claim(wanted, why);
    let gpio: OnoffLine | undefined;
    const kept: ExportedLine = { unexport: () => own.release(gpio) };
    keepExported(kept);
    try {
      // onoff would wait for these itself, but would block the process and hide the error.
      await usable(wanted, ['value', 'direction', ...(edge === 'none' ? [] : ['edge'])], R_OK | W_OK);
      own.confirm();
      gpio = new Gpio(line, direction, edge);
      const expected = direction === 'in' ? `in, edges ${edge}` : 'out';
      const found = direction === 'in' ? `${gpio.direction()}, edges ${gpio.edge()}` : gpio.direction();
      if (found === expected) {
        return { gpio, value: join(folder, 'value'), release: () => releaseExported(kept) };
      }
      throw new Error(`${pinName(pin)}: expected to make it ${expected}, found ${found} in ${folder}`);
    } catch (error) {
      releaseExported(kept);
      throw error;
    }
  };

  return {
    interface: 'sysfs',
    lacks: async () => {
      if (process.platform !== 'linux') return `GPIO needs Linux, and this is ${process.platform}`;
      if (!existsSync(exporter)) return `this kernel has no sysfs GPIO (${exporter} is missing)`;
      const isWritable = await access(exporter, constants.W_OK).then(
        () => true,
        () => false,
      );
      if (!isWritable) return forbidden(exporter);
      return load().then(
        () => undefined,
        () => `the module onoff is not installed or was not built here (${moduleAdvice('onoff')})`,
      );
    },
    input: async (pin, { onEdge } = {}) => {
      const wanted = await find(pin);
      let why = 'its edges cannot be counted beside it';
      if (onEdge === undefined && exports.isForeign(wanted)) {
        await usable(wanted, SHARED_FILES, R_OK);
        const reason = await cannotShare(wanted.folder);
        // Reading takes nothing from the program that has exported it.
        if (reason === undefined) return sharedInput(pin, wanted.folder);
        why = reason;
      }
      const line = await open(wanted, 'in', onEdge === undefined ? 'none' : 'both', why);
      try {
        return inputOf(pin, line, clock, onEdge);
      } catch (error) {
        line.release();
        throw goneError(error, pin);
      }
    },
    output: async (pin, level) => {
      const why = 'an output belongs to one program alone';
      return outputOf(pin, await open(await find(pin), level === 1 ? 'high' : 'low', 'none', why));
    },
  };
}

async function loadOnoff(): Promise<OnoffModule> {
  const { default: onoff } = await import('onoff');
  return onoff;
}

/** Parses a number strictly: an empty file is not 0. */
function wholeNumber(text: string, path: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${path}: expected a whole number, found ${JSON.stringify(text.slice(0, 60))}`);
}

async function chipsBelow(root: string) {
  const folders = (await readdir(root)).filter(name => /^gpiochip\d+$/.test(name));
  return Promise.all(
    folders.map(async name => {
      const read = async (file: string) => (await readFile(join(root, name, file), 'utf8')).trim();
      return {
        label: await read('label'),
        base: wholeNumber(await read('base'), `${root}/${name}/base`),
        lines: wholeNumber(await read('ngpio'), `${root}/${name}/ngpio`),
      };
    }),
  );
}

/** The rejection of the work, if it rejects. */
function failureOf(work: Promise<void>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function inputOf(
  pin: number,
  { gpio, value, release }: OpenLine,
  clock: Clock,
  onEdge: ((edge: Edge) => void) | undefined,
): GpioInput {
  // Opened separately, since a read of onoff's descriptor would consume its edge event.
  const file = openSync(value, 'r');
  let failure: unknown;
  let train: EdgeTrain | undefined;
  /** Whether a reading has reported an edge before its event came. */
  let isAhead = false;
  if (onEdge !== undefined) {
    const readInHandler = gpio.readSync.bind(gpio);
    const known = new EdgeTrain(readInHandler(), onEdge);
    train = known;
    // onoff reads the line in its event handler, where an error would end the process.
    gpio.readSync = () => {
      try {
        return readInHandler();
      } catch (error) {
        failure = error;
        gpio.unwatchAll();
        return 0;
      }
    };
    gpio.watch((error, level) => {
      failure ??= error;
      if (failure) return;
      const isKnown = isAhead && level === known.level;
      isAhead = false;
      if (!isKnown) known.edge({ level, time: clock.monotonic() });
    });
  }
  return {
    place: pinName(pin),
    read: () => {
      try {
        if (failure) throw failure;
        const level = levelIn(lineText(file));
        if (train !== undefined && level !== train.level) {
          train.edge({ level, time: clock.monotonic() });
          isAhead = true;
        }
        return level;
      } catch (error) {
        throw goneError(error, pin);
      }
    },
    close: () => {
      closeSync(file);
      release();
    },
  };
}

function outputOf(pin: number, { gpio, release }: OpenLine): GpioOutput {
  return {
    place: pinName(pin),
    write: level => {
      try {
        gpio.writeSync(level);
      } catch (error) {
        throw goneError(error, pin);
      }
    },
    close: release,
  };
}
