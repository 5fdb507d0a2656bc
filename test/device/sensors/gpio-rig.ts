// Opens sensors on simulated GPIO lines, with a simulated clock.

import { SimulatedGpio } from '../../../device/host/gpio/gpio-simulated.ts';
import type { SensorHost } from '../../../device/kind.ts';
import { FakeClock } from '../fake-clock.ts';
import { hostOf } from '../known-sensors.ts';
import { type Opens, opensOn } from './opens.ts';

export interface GpioRig extends Opens {
  readonly gpio: SimulatedGpio;
  readonly clock: FakeClock;
  readonly host: SensorHost;
}

export function gpioRig(): GpioRig {
  const clock = new FakeClock();
  const gpio = new SimulatedGpio({ clock });
  const host = hostOf({ clock, gpio: gpio.lines });
  return { gpio, clock, host, ...opensOn(host) };
}
