// How is an input read that another program has exported? As it is: nothing is set, and it stays exported.

import { closeSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GpioInput, pinName } from './gpio.ts';
import { goneError } from './gpio-error.ts';

/** The files of a line that say what it is and what is at it. */
export const SHARED_FILES = ['direction', 'active_low', 'value'] as const;

/** Why the line cannot be read as what is at the pin, a part of a sentence; undefined where it can. */
function notAnInput(direction: string, activeLow: string): string | undefined {
  if (direction !== 'in') return 'the pin is an output of that program';
  if (activeLow !== '0') return 'its levels are turned over (active_low)';
  return undefined;
}

/** Whether the line below `folder` can be read as it is; why not, a part of a sentence. Does not reject. */
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

/** The line below `folder`, which must be one that can be shared. Another program may make it something else at any time: that is told. */
export function sharedInput(pin: number, folder: string): GpioInput {
  const files: number[] = [];
  const close = () => {
    for (const file of files.splice(0)) closeSync(file);
  };
  const buffer = Buffer.alloc(8);
  const textOf = (file: number) =>
    buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)).trim();
  try {
    for (const file of SHARED_FILES) files.push(openSync(join(folder, file), 'r'));
  } catch (error) {
    close();
    throw goneError(error, pin);
  }
  const read = () => {
    try {
      return files.map(textOf) as [string, string, string];
    } catch (error) {
      throw goneError(error, pin);
    }
  };
  return {
    place: pinName(pin),
    read: () => {
      const [direction, activeLow, value] = read();
      const why = notAnInput(direction, activeLow);
      if (why !== undefined) {
        throw new Error(`${pinName(pin)} was changed by another program, which has exported it: ${why}`);
      }
      return value === '1' ? 1 : 0;
    },
    close,
  };
}
