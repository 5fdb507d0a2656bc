// Opens GPIO lines by requests to the chip's character device /dev/gpiochipN.

import { closeSync, openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../error-message.ts';
import type { Clock } from '../clock.ts';
import { errnoOf } from '../errno.ts';
import { moduleAdvice } from '../installation.ts';
import { loadSystemCalls, type SystemCalls } from '../system-calls.ts';
import { EdgeTrain } from './edge-train.ts';
import type { GpioBackend } from './gpio.ts';
import { type Edge, type GpioInput, type InputOptions, type Level, pinName } from './gpio.ts';
import { chipOf, isHeader, type LabelledChip } from './gpio-chip.ts';
import { chipError, goneError, openingError } from './gpio-error.ts';
import {
  chipInfo,
  consumerIn,
  descriptorIn,
  eventBuffer,
  eventsIn,
  GET_CHIP_INFO,
  GET_LINE,
  GET_LINE_INFO,
  GET_VALUES,
  inputRequest,
  isLittleEndian,
  levelIn,
  lineInfo,
  outputRequest,
  parseChipInfo,
  SET_VALUES,
  valuesOf,
} from './gpio-uapi.ts';

export interface CharacterDeviceOptions {
  readonly clock: Clock;
  /** Loads the system calls that Node lacks; rejects without koffi. */
  readonly load?: () => Promise<SystemCalls>;
  readonly dev?: string;
  /** Opens the file of a chip to read and write. */
  readonly openFile?: (path: string) => number;
}

export interface CharacterDeviceGpio extends GpioBackend {
  /** The holder of a line, such as `spi0 CS0`; undefined if there is none, or it is not known. Does not reject. */
  whoHolds(pin: number): Promise<string | undefined>;
}

/**
 * Milliseconds between two reads of edges, of which the kernel keeps 1024 with their times: while few come, so that a line at
 * rest costs almost nothing, and while many come. Each reading of the level reads the edges too.
 */
const TAKE_EVERY = 200;
const TAKE_MANY_EVERY = 20;

/** The kernel's name for the holder of an exported line (gpiolib-sysfs.c). */
const EXPORTED = 'sysfs';
const BY_SYSFS = 'a program that has exported it to /sys/class/gpio, or has left it so';

/** More edges than this in one read are many. */
const MANY = 128;

/** Lines by the character device: they can be pulled, and the kernel frees them when the process ends. */
export function characterDeviceGpio({
  clock,
  load = loadSystemCalls,
  dev = '/dev',
  openFile = path => openSync(path, 'r+'),
}: CharacterDeviceOptions): CharacterDeviceGpio {
  const chipPaths = async () =>
    (await readdir(dev).catch(() => []))
      .filter(name => /^gpiochip\d+$/.test(name))
      .map(name => join(dev, name));

  /** Why none of these files can be opened, as the first one says; undefined if one can. */
  const closedTo = (paths: readonly string[]): string | undefined => {
    let failure: string | undefined;
    for (const path of paths) {
      try {
        closeSync(openFile(path));
        return undefined;
      } catch (error) {
        failure ??= chipError(error, path);
      }
    }
    return failure;
  };

  const openChip = (path: string, pin: number): number => {
    try {
      return openFile(path);
    } catch (error) {
      throw new Error(`${pinName(pin)}: ${chipError(error, path)}`, { cause: error });
    }
  };

  const chipAt = (calls: SystemCalls, path: string, pin: number): LabelledChip => {
    const chip = openChip(path, pin);
    const info = chipInfo();
    try {
      calls.ioctl(chip, GET_CHIP_INFO, info);
    } finally {
      closeSync(chip);
    }
    return parseChipInfo(info);
  };

  /** Runs `work` on the chip that has the pin. */
  const withChip = async <T>(pin: number, work: (calls: SystemCalls, chip: number, path: string) => T) => {
    const calls = await load();
    const paths = await chipPaths();
    let refusal: unknown;
    const chips = paths.flatMap(path => {
      try {
        return [{ path, ...chipAt(calls, path, pin) }];
      } catch (error) {
        // Another chip may have the pin.
        refusal ??= error;
        return [];
      }
    });
    if (refusal !== undefined && !chips.some(isHeader)) throw refusal;
    const { path } = chipOf(chips, pin, join(dev, 'gpiochip*'));
    const chip = openChip(path, pin);
    try {
      return work(calls, chip, path);
    } finally {
      closeSync(chip);
    }
  };

  const open = (pin: number, request: Buffer): Promise<OpenLine> =>
    withChip(pin, (calls, chip, path) => {
      try {
        calls.ioctl(chip, GET_LINE, request);
      } catch (error) {
        const isHeld = errnoOf(error) === constants.errno.EBUSY;
        throw openingError(error, pin, path, isHeld ? consumerOf(calls, chip, pin) : undefined);
      }
      const descriptor = descriptorIn(request);
      try {
        calls.setNonBlocking(descriptor);
      } catch (error) {
        closeSync(descriptor);
        throw error;
      }
      return { pin, calls, descriptor };
    });

  return {
    interface: 'character-device',
    whoHolds: pin => withChip(pin, (calls, chip) => consumerOf(calls, chip, pin)).catch(() => undefined),
    lacks: async () => {
      const paths = await chipPaths();
      if (paths.length === 0) return `there is no GPIO chip (${join(dev, 'gpiochip*')})`;
      const refusal = closedTo(paths);
      if (refusal !== undefined) return refusal;
      if (!isLittleEndian) return 'the GPIO character device needs a little-endian machine';
      return load().then(
        () => undefined,
        (error: unknown) =>
          `the GPIO character device needs the module koffi, which is not installed or does not run on ${process.platform}, ${process.arch} (${moduleAdvice('koffi')}): ${firstLineOf(error)}`,
      );
    },
    input: async (pin, options = {}) => {
      const { pull = 'as-is', onEdge } = options;
      return inputOf(await open(pin, inputRequest(pin, pull, onEdge !== undefined)), clock, options);
    },
    output: async (pin, level) => outputOf(await open(pin, outputRequest(pin, level))),
  };
}

interface OpenLine {
  readonly pin: number;
  readonly calls: SystemCalls;
  readonly descriptor: number;
}

function inputOf(line: OpenLine, clock: Clock, { onEdge, onLost }: InputOptions): GpioInput {
  const { pin, calls, descriptor } = line;
  const values = valuesOf(0);
  const read = () =>
    still(pin, () => {
      calls.ioctl(descriptor, GET_VALUES, values);
      return levelIn(values);
    });
  const take = onEdge === undefined ? () => 0 : edgeTaker(line, clock, onEdge, onLost);
  let timer: NodeJS.Timeout | undefined;
  const takeLater = (taken: number) => {
    const look = () => takeLater(take());
    timer = setTimeout(look, taken > MANY ? TAKE_MANY_EVERY : TAKE_EVERY).unref();
  };
  if (onEdge !== undefined) takeLater(0);
  return {
    place: pinName(pin),
    read: () => {
      take();
      return read();
    },
    close: () => {
      clearTimeout(timer);
      take();
      closeSync(descriptor);
    },
  };
}

/** A function that reports the edges which the kernel has kept, and those it has lost, and returns how many it had kept. */
function edgeTaker(
  { calls, descriptor }: OpenLine,
  clock: Clock,
  onEdge: (edge: Edge) => void,
  onLost: InputOptions['onLost'],
): () => number {
  const buffer = eventBuffer();
  let train: EdgeTrain | undefined;
  let number = 0;
  return () => {
    // A chip that is gone has no edges; the next reading of the level fails.
    const events = eventsIn(buffer, calls.readWaiting(descriptor, buffer));
    for (const { level, time, number: next } of events) {
      // The numbers have 32 bits and wrap around.
      const lost = (next - number - 1) >>> 0;
      number = next;
      if (lost > 0) onLost?.(lost);
      train ??= new EdgeTrain(lost % 2 === 0 ? opposite(level) : level, onEdge);
      const age = Number(process.hrtime.bigint() - time) / 1e9;
      train.edge({ level, time: clock.monotonic() - age }, lost);
    }
    return events.length;
  };
}

function consumerOf(calls: SystemCalls, chip: number, pin: number): string | undefined {
  const info = lineInfo(pin);
  calls.ioctl(chip, GET_LINE_INFO, info);
  const consumer = consumerIn(info);
  return consumer === EXPORTED ? BY_SYSFS : consumer || undefined;
}

function firstLineOf(error: unknown): string {
  return messageOf(error).split('\n')[0]!;
}

function opposite(level: Level): Level {
  return level === 1 ? 0 : 1;
}

function outputOf({ pin, calls, descriptor }: OpenLine) {
  const values = [valuesOf(0), valuesOf(1)] as const;
  return {
    place: pinName(pin),
    write: (level: Level) => still(pin, () => calls.ioctl(descriptor, SET_VALUES, values[level])),
    close: () => closeSync(descriptor),
  };
}

function still<T>(pin: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw goneError(error, pin);
  }
}
