// The kind `gpio-input`: the level of a GPIO pin, and the count and rate of its edges: doors, rain gauges, anemometers.

import { z } from 'zod';
import { type Level, PULLS, pinClaim } from '../host/gpio/gpio.ts';
import { SimulatedGpio } from '../host/gpio/gpio-simulated.ts';
import { type OptionsOf, type SensorHost, sensorKind } from '../kind.ts';
import { pulses } from '../models/pulses.ts';
import type { Channel, Sensor } from '../sensor.ts';
import { duration } from '../written-options.ts';
import { CounterWindow } from './counter-window.ts';
import { COUNTED, type CountedEdges, EdgeCounter } from './edge-counter.ts';
import { claimsOfPins, interfaceOption, pinOption, seedOfPin } from './gpio-sensor.ts';

/** Seconds. A contact that bounces for longer is broken. */
const LONGEST_DEBOUNCE = 1;

/** A simulated rain gauge in a shower: a tip about every two seconds. */
const SIMULATED = { period: 2, width: 0.1, bounce: 0.002 };

const options = z.strictObject({
  pin: pinOption(17, 'The pin'),
  pull: z
    .enum(PULLS)
    .default('as-is')
    .meta({
      description:
        'The resistor inside the pin: up for a switch to ground, down for a switch to 3.3 V, none for a resistor outside. All but as-is need the GPIO character device.',
      expected: `one of ${PULLS.join(', ')}`,
    }),
  interface: interfaceOption(),
  invert: z
    .boolean()
    .default(false)
    .describe('Read low as 1 and high as 0: for a switch that connects the pin to ground when it is closed.'),
  debounce: duration(
    { low: 0, high: LONGEST_DEBOUNCE },
    'How long a level must last to count, so that a contact that bounces is counted once.',
  ).prefault(0.005),
  count: z
    .enum([...COUNTED, 'none'])
    .default('rising')
    .meta({
      description:
        'The edges that are counted: rising (the level, after invert, goes from 0 to 1), falling, both, or none: then there is only the level at each reading.',
      expected: `one of ${COUNTED.join(', ')}, none`,
    }),
  scale: z.number().positive().default(1).meta({
    description: 'The amount of one count, in units: the mm of rain of one tip of a gauge.',
    expected: 'a number above 0',
  }),
  units: z
    .string()
    .min(1)
    .max(40)
    .default('1')
    .describe('The units of scale, in UDUNITS spelling: mm for rain, m for wind.'),
});

const LEVEL: Channel = {
  name: 'level',
  units: '1',
  longName: 'Level of the input',
  validRange: [0, 1],
  resolution: 1,
};

type GpioInputOptions = OptionsOf<typeof options>;

function channelsOf({ count, scale, units }: GpioInputOptions): readonly Channel[] {
  if (count === 'none') return [LEVEL];
  return [
    LEVEL,
    { name: 'count', units: '1', longName: 'Counted edges since the program was started', resolution: 1 },
    { name: 'amount', units, longName: 'What the counted edges stand for', resolution: scale },
    {
      name: 'rate',
      units: units === '1' ? 's-1' : `${units} s-1`,
      longName: 'Rate of the amount since the reading before',
    },
  ];
}

/**
 * Channels `level` (0 or 1), `count` and `amount` (count x scale; since the process began, also across a reopening) and `rate` (since the
 * previous reading, over a tenth of a second at least). The first reading waits until a tenth of a second has passed since the opening.
 * With `count: none` there is only `level`.
 */
export const gpioInput = sensorKind({
  name: 'gpio-input',
  title: 'Switch or pulses at a GPIO pin',
  description:
    'The level of a pin, the number of its edges and their rate: rain gauges, anemometers, flow meters, door switches. Edges between readings are counted too.',
  needs: ['gpio'],
  options,
  example: { pin: 17, pull: 'up', invert: true, scale: 0.2794, units: 'mm' },
  channels: channelsOf,
  conversionTime: () => 0,
  claims: ({ pin }) => claimsOfPins([pin]),
  open: async (chosen, host): Promise<Sensor> => {
    const { count } = chosen;
    return count === 'none' ? openLevel(chosen, host) : openCounting(chosen, count, host);
  },
  simulate: ({ pin, invert }, host) => {
    const gpio = new SimulatedGpio({ clock: host.clock });
    const wave = pulses(seedOfPin(pin, host), SIMULATED);
    gpio.play(pin, {
      level: time => seenAs(wave.level(time), invert),
      edges: (after, until) =>
        Array.from(wave.edges(after, until), ({ level, time }) => ({ level: seenAs(level, invert), time })),
    });
    return { gpio: gpio.lines };
  },
});

function seenAs(level: Level, invert: boolean): Level {
  return invert ? ((1 - level) as Level) : level;
}

async function openLevel(chosen: GpioInputOptions, { gpio }: SensorHost): Promise<Sensor> {
  const { pin, pull, invert } = chosen;
  const input = await gpio.input(pin, { pull, interface: chosen.interface });
  return {
    name: 'gpio-input',
    channels: channelsOf(chosen),
    read: async () => [seenAs(input.read(), invert)],
    close: async () => input.close(),
  };
}

async function openCounting(
  chosen: GpioInputOptions,
  counted: CountedEdges,
  { gpio, clock, pulseCounts }: SensorHost,
): Promise<Sensor> {
  const { pin, pull, invert, debounce, scale } = chosen;
  const pulseCount = pulseCounts.of(`${pinClaim(pin)} ${counted}${invert ? ' inverted' : ''}`);
  let counter: EdgeCounter | undefined;
  let lost = 0;
  const input = await gpio.input(pin, {
    pull,
    interface: chosen.interface,
    onEdge: ({ level, time }) => {
      const seen = seenAs(level, invert);
      // The level before the first edge follows from the edge; a level that is read may be the one after it.
      counter ??= new EdgeCounter(seen === 1 ? 0 : 1, counted, debounce, pulseCount);
      counter.edge({ level: seen, time });
    },
    onLost: edges => {
      // Without debouncing every edge counts, also one of which only the number is known.
      if (debounce > 0) lost += edges;
    },
  });
  const window = new CounterWindow<number>();
  window.add({ time: clock.monotonic(), counters: pulseCount.count });
  let reads = 0;
  return {
    name: 'gpio-input',
    channels: channelsOf(chosen),
    read: async ({ signal }) => {
      if (reads++ === 0) await clock.sleepUntil(window.readyAt, signal);
      signal.throwIfAborted();
      const read = seenAs(input.read(), invert);
      const time = clock.monotonic();
      counter?.settle(time);
      const level = counter?.level ?? read;
      if (lost > 0) {
        const problem = `${input.place}: ${lost} edges were lost, since more came than the kernel keeps until they are taken; how many of them counted is not known, and count and amount are too low by that from now on`;
        lost = 0;
        window.clear();
        window.add({ time, counters: pulseCount.count });
        return { values: [level, Number.NaN, Number.NaN, Number.NaN], problem };
      }
      const before = window.before(time);
      window.add({ time, counters: pulseCount.count });
      const rate =
        before === undefined ? Number.NaN : (pulseCount.count - before.counters) / (time - before.time);
      return [level, pulseCount.count, pulseCount.count * scale, rate * scale];
    },
    close: async () => {
      input.close();
      counter?.settle(clock.monotonic());
    },
  };
}
