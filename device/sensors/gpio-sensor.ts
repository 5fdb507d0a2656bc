// Gives sensors at GPIO pins their common parts: the options for pins and interface, claims, and the seed of a simulation.

import { z } from 'zod';
import { GPIO_INTERFACES, pinClaim } from '../host/gpio/gpio.ts';
import type { SensorHost } from '../kind.ts';
import { randomBits } from '../models/seeded-noise.ts';

/** The header has GPIO0 to GPIO27, a Compute Module more (BCM2835 ARM Peripherals, table 6-31: 54 lines). */
const LAST_PIN = 53;

/** The option for a pin, by its BCM number. */
export function pinOption(usual: number, what: string) {
  return z
    .int()
    .min(0)
    .max(LAST_PIN)
    .default(usual)
    .meta({
      description: `${what}, by its BCM number: N of GPIO N, not the pin of the header.`,
      expected: `the BCM number of a pin from 0 to ${LAST_PIN}, such as ${usual}`,
    });
}

/** An option for the kernel's interface to the lines. */
export function interfaceOption() {
  return z
    .enum(GPIO_INTERFACES)
    .default('auto')
    .meta({
      description:
        "The kernel's interface to the lines: character-device (module koffi), sysfs (module onoff), or auto, which is the character device, and sysfs if the character device cannot open the line.",
      expected: `one of ${GPIO_INTERFACES.join(', ')}`,
    });
}

export function claimsOfPins(pins: readonly number[]): readonly string[] {
  return pins.map(pinClaim);
}

/** The seed of the circuit at a simulated pin, different for each pin. */
export function seedOfPin(pin: number, { seed }: SensorHost): number {
  return randomBits(seed, 0x1_0000 + pin);
}
