// Reads an input that another program has exported, without setting or unexporting it.

import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GpioInput, pinName } from './gpio.ts';
import { goneError } from './gpio-error.ts';
import { levelIn, lineText } from './gpio-level.ts';

/** The files of a line's direction, polarity and level. */
export const SHARED_FILES = ['direction', 'active_low', 'value'] as const;

/** Why the line's value is not the level at the pin, a part of a sentence; undefined if it is. */
function notAnInput(direction: string, activeLow: string): string | undefined {
  if (direction !== 'in') return 'the pin is an output of that program';
  if (activeLow !== '0') return 'its levels are inverted (active_low)';
  return undefined;
}

/** Why the line in `folder` cannot be read as it is, a part of a sentence; undefined if it can. Does not reject. */
export async function cannotShare(folder: string): Promise<string | undefined> {
  const [direction, activeLow] = await Promise.all(
    ['direction', 'active_low'].map(file =>
      readFile(join(folder, file), 'utf8').then(
        text => text.trim(),
        () => '',
      ),
    ),
  );
  return notAnInput(direction!, activeLow!);
}

/** The line in `folder`, for which `cannotShare` gave undefined. `read` throws once the other program has changed the line. */
export function sharedInput(pin: number, folder: string): GpioInput {
  const files: number[] = [];
  const close = () => {
    for (const file of files.splice(0)) closeSync(file);
  };
  try {
    for (const file of SHARED_FILES) files.push(openSync(join(folder, file), 'r'));
  } catch (error) {
    close();
    throw goneError(error, pin);
  }
  const read = () => {
    try {
      const [direction = '', activeLow = '', value = ''] = files.map(lineText);
      return { why: notAnInput(direction, activeLow), level: levelIn(value) };
    } catch (error) {
      throw goneError(error, pin);
    }
  };
  return {
    place: pinName(pin),
    read: () => {
      const { why, level } = read();
      if (why !== undefined) {
        throw new Error(`${pinName(pin)} was changed by another program, which has exported it: ${why}`);
      }
      return level;
    },
    close,
  };
}
