// Reads which Raspberry Pi this is, if it is one.

import { textOf } from './kernel-devices.ts';
import type { Machine } from './machine.ts';

export interface Board {
  /** The model in the device tree; empty without a device tree, as on a PC. */
  readonly model: string;
  readonly isPi: boolean;
}

export async function boardOf({ files }: Pick<Machine, 'files'>): Promise<Board> {
  const model = await textOf(files, '/proc/device-tree/model');
  return { model, isPi: model.startsWith('Raspberry Pi ') };
}

/** The filters of config.txt that match a model (Raspberry Pi documentation, "Conditional filters"): `pi4`, `pi3+`. */
export function filtersOf(model: string): readonly string[] {
  const rest = model.replace(/^Raspberry Pi /, '');
  const [, generation] = /^(?:Compute Module )?(\d)/.exec(rest) ?? [];
  const filters = ['all'];
  if (/^Zero/.test(rest)) filters.push('pi0');
  if (/^Zero W/.test(rest)) filters.push('pi0w');
  if (/^Zero 2/.test(rest)) filters.push('pi02');
  if (/^(Model|Compute Module Rev)/.test(rest)) filters.push('pi1');
  if (generation !== undefined) filters.push(`pi${generation}`);
  if (/^3 Model . Plus/.test(rest)) filters.push('pi3+');
  const [, hundred] = /^(400|500)/.exec(rest) ?? [];
  if (hundred !== undefined) filters.push(`pi${hundred}`);
  if (/^Compute Module [45]/.test(rest)) filters.push(`cm${generation}`);
  return filters;
}
