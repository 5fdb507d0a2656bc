// Reads from config.txt which interfaces and overlays the firmware enables at the start.

import { filtersOf } from './board.ts';
import type { Machine } from './machine.ts';

export interface BootConfig {
  /** The file's path: since Bookworm it is in /boot/firmware. */
  readonly path: string;
  /** Whether I2C on the header's pins 3 and 5, and SPI, are enabled. */
  readonly i2c: boolean;
  readonly spi: boolean;
  /** The names of the overlays, such as `w1-gpio`. */
  readonly overlays: readonly string[];
}

const PLACES = ['/boot/firmware/config.txt', '/boot/config.txt'];

/** Undefined if there is no such file. */
export async function bootConfig(
  { files }: Pick<Machine, 'files'>,
  model: string,
): Promise<BootConfig | undefined> {
  for (const path of PLACES) {
    const text = await files.read(path).catch(() => undefined);
    // Since Bookworm, /boot/config.txt only says that the file has moved.
    if (text !== undefined) return { path, ...settingsIn(text, filtersOf(model)) };
  }
  return undefined;
}

/** The settings for a model with these filters; later lines override earlier ones. */
export function settingsIn(text: string, filters: readonly string[]): Omit<BootConfig, 'path'> {
  const parameters = new Map<string, boolean>();
  const overlays = new Set<string>();
  let holds = true;
  for (const written of text.split('\n')) {
    const line = written.replace(/#.*/, '').trim();
    const [, filter] = /^\[(.*)\]$/.exec(line) ?? [];
    if (filter !== undefined) holds = filters.includes(filter.toLowerCase());
    if (!holds) continue;
    const [, key, values = ''] = /^(dtparam|dtoverlay)=(.*)$/.exec(line) ?? [];
    const [first = '', ...others] = values.split(',').map(value => value.trim());
    if (key === 'dtoverlay' && first !== '') overlays.add(first);
    if (key !== 'dtparam') continue;
    for (const parameter of [first, ...others]) {
      const [name = '', value = 'on'] = parameter.split('=');
      parameters.set(name, ['on', 'yes', 'true', '1', 'okay'].includes(value));
    }
  }
  const isOn = (names: readonly string[]) => names.some(name => parameters.get(name) === true);
  return {
    i2c: isOn(['i2c_arm', 'i2c', 'i2c1']),
    spi: isOn(['spi']),
    overlays: [...overlays],
  };
}
