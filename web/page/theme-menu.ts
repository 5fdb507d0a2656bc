// Offers the colours of the page in a menu.

import type { Menu } from './menu.ts';
import type { Theme } from './view-address.ts';

const CHOICES: readonly (readonly [theme: Theme | undefined, label: string])[] = [
  [undefined, 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** `chosen` gets the choice of the reader; `current` gives the one that counts. */
export function offerThemes(
  menu: Menu,
  current: () => Theme | undefined,
  chosen: (theme: Theme | undefined) => void,
): void {
  for (const [index, [theme, label]] of CHOICES.entries()) {
    const entry = { label, isChecked: () => current() === theme, run: () => chosen(theme) };
    menu.add(entry, index === 0 ? 'Colours' : undefined);
  }
}
