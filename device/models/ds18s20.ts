// A model of a DS18S20: half degrees with a counter beside them, and no configuration (Maxim DS18S20 datasheet).

import { Ds18b20Model } from './ds18b20.ts';

/** The scratchpad after power-on (figure 7): 85 deg C, as a conversion to exactly that leaves it too. */
const AT_POWER_ON = [0xaa, 0x00, 0x4b, 0x46, 0xff, 0xff, 0x0c, 0x10] as const;

const COUNT_REMAIN = 6;
/** Hard-wired. */
const COUNT_PER_DEGREE = 16;
/** The counter begins a quarter of a degree before the half degree that the register is rounded to. */
const QUARTER = COUNT_PER_DEGREE / 4;

class Ds18s20Model extends Ds18b20Model {
  /** @param temperature degrees Celsius around the chip, now */
  constructor(temperature: () => number) {
    super(temperature, AT_POWER_ON);
  }

  override get bits(): number {
    return 12;
  }

  override setBits(): void {}

  protected override measure(scratchpad: number[], celsius: number): void {
    const counts = Math.round(celsius * COUNT_PER_DEGREE) + QUARTER;
    const whole = Math.floor(counts / COUNT_PER_DEGREE);
    scratchpad[COUNT_REMAIN] = COUNT_PER_DEGREE - (counts - whole * COUNT_PER_DEGREE);
    // The bit of 0.5 deg C belongs to the rounded temperature; the counter continues from the other bits.
    const half = Math.round(celsius * 2) & 1;
    const register = 2 * whole + half;
    scratchpad[0] = register & 0xff;
    scratchpad[1] = (register >>> 8) & 0xff;
  }
}

/** A model for an address: family 10 is a DS18S20, all others are like the DS18B20. */
export function thermometerModel(address: string, temperature: () => number): Ds18b20Model {
  return address.startsWith('10-') ? new Ds18s20Model(temperature) : new Ds18b20Model(temperature);
}
