// Finds the GPIO chip of the 40-pin header, by the label of a Raspberry Pi's own controller.

import { pinName } from './gpio.ts';

/** The labels on Pi 0 to 3, Pi 4 and Pi 5. Other chips belong to the firmware, the power supply and expanders. */
const HEADER_LABELS: readonly string[] = ['pinctrl-bcm2835', 'pinctrl-bcm2711', 'pinctrl-rp1'];

export interface LabelledChip {
  readonly label: string;
  /** The number of its lines; line N is GPIO N. */
  readonly lines: number;
}

/** Whether the chip has the pins of the header. */
export function isHeader({ label }: LabelledChip): boolean {
  return HEADER_LABELS.includes(label);
}

/**
 * The chip with this pin.
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
