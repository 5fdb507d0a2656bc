// Which of the kernel's GPIO chips has the pins of the header? The one with the label of a Raspberry Pi's own controller.

import { pinName } from './gpio.ts';

/** Labels of the drivers: Pi 0 to 3, Pi 4, Pi 5. Other chips are those of the firmware, of power and of expanders. */
const HEADER_LABELS: readonly string[] = ['pinctrl-bcm2835', 'pinctrl-bcm2711', 'pinctrl-rp1'];

export interface LabelledChip {
  readonly label: string;
  /** How many lines it has, numbered from 0 as their pins are. */
  readonly lines: number;
}

/** Whether it is the chip of the header's pins. */
export function isHeader({ label }: LabelledChip): boolean {
  return HEADER_LABELS.includes(label);
}

/**
 * The chip that has this pin.
 * @param where for the error: `/dev/gpiochip*`
 * @throws one sentence that names the chips that there are
 */
export function chipOf<Chip extends LabelledChip>(chips: readonly Chip[], pin: number, where: string): Chip {
  const chip = chips.find(isHeader);
  if (chip === undefined) {
    const found = chips.length === 0 ? 'none' : chips.map(({ label }) => label).join(', ');
    throw new Error(
      `${pinName(pin)}: expected the GPIO chip of a Raspberry Pi (${HEADER_LABELS.join(', ')}) among ${where}, found ${found}`,
    );
  }
  if (pin < chip.lines) return chip;
  throw new Error(`${pinName(pin)}: expected a pin from 0 to ${chip.lines - 1}, as ${chip.label} has`);
}
