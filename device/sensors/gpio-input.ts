// What does a switch at a GPIO pin say? Whether it is closed, how often it was, and how fast it goes: rain, wind, doors.

import { z } from 'zod';
import { type Level, PULLS } from '../buses/gpio.ts';
import { SimulatedGpio } from '../buses/gpio-simulated.ts';
import { type OptionsOf, sensorKind } from '../kind.ts';
import { pulses } from '../models/pulses.ts';
import type { Channel, Sensor } from '../sensor.ts';
import { CounterWindow } from './counter-window.ts';
import { COUNTED, EdgeCounter } from './edge-counter.ts';
import { claimsOfPins, pinOption, seedOfPin } from './gpio-sensor.ts';

/** Seconds; a contact that has not come to rest by then is broken. */
const LONGEST_DEBOUNCE = 1;

/** A simulated rain gauge in a shower: a tip every two seconds or so. */
const SIMULATED = { period: 2, width: 0.1, bounce: 0.002 };

const options = z.strictObject({
  pin: pinOption(17, 'The pin'),
  pull: z
    .enum(PULLS)
    .default('as-is')
    .meta({
      description:
        'The resistor of the pin: up for a switch to ground, down for one to 3.3 V, none where there is one outside. What is not as-is takes the GPIO character device.',
      expected: `one of ${PULLS.join(', ')}`,
    }),
  invert: z
    .boolean()
    .default(false)
    .describe('Take low as 1 and high as 0: for a switch that pulls the pin to ground when it is closed.'),
  debounce: z
    .number()
    .min(0)
    .max(LONGEST_DEBOUNCE)
    .default(0.005)
    .meta({
      description: 'Seconds that a level must stay to count, so that a contact that bounces counts once.',
      expected: `a time from 0 to ${LONGEST_DEBOUNCE} s`,
    }),
  count: z
    .enum(COUNTED)
    .default('rising')
    .meta({
      description:
        'What is counted: rising, where the level (after invert) goes from 0 to 1, falling, or both.',
      expected: `one of ${COUNTED.join(', ')}`,
    }),
  scale: z.number().positive().default(1).meta({
    description: 'What one count stands for, in units: the mm of rain of one tip of a gauge.',
    expected: 'a number above 0',
  }),
  units: z
    .string()
    .min(1)
    .max(40)
    .default('1')
    .describe('The units of scale, in UDUNITS spelling: mm for rain, m for the wind that passes.'),
});

function channelsOf({ scale, units }: OptionsOf<typeof options>): readonly Channel[] {
  return [
    {
      name: 'level',
      units: '1',
      longName: 'Level of the input',
      validRange: [0, 1],
      resolution: 1,
    },
    { name: 'count', units: '1', longName: 'Counted edges since the sensor was opened', resolution: 1 },
    { name: 'amount', units, longName: 'What the counted edges stand for', resolution: scale },
    {
      name: 'rate',
      units: units === '1' ? 's-1' : `${units} s-1`,
      longName: 'Rate of the amount since the reading before',
    },
  ];
}

/**
 * Channels `level` (0 or 1), `count` and `amount` (since the sensor was opened; amount = count x scale) and `rate` (since the reading
 * before, a tenth of a second at least). The first reading waits until a tenth of a second has passed since the opening.
 */
export const gpioInput = sensorKind({
  name: 'gpio-input',
  title: 'Switch or pulses at a GPIO pin',
  description:
    'The level of a pin, how often it changed, and the rate of that: rain gauges, anemometers, flow meters, door switches. Counts between readings as well.',
  needs: ['gpio'],
  options,
  example: { pin: 17, pull: 'up', invert: true, scale: 0.2794, units: 'mm' },
  channels: channelsOf,
  conversionTime: () => 0,
  claims: ({ pin }) => claimsOfPins([pin]),
  open: async (chosen, { gpio, clock }): Promise<Sensor> => {
    const { pin, pull, invert, debounce, count, scale } = chosen;
    const asSeen = (level: Level): Level => ((invert && level === 1) || (!invert && level === 0) ? 0 : 1);
    let counter: EdgeCounter | undefined;
    const input = await gpio.input(pin, {
      pull,
      onEdge: ({ level, time }) => {
        const seen = asSeen(level);
        // The level before the first edge is known by it; one that is read may be that after it.
        counter ??= new EdgeCounter(seen === 1 ? 0 : 1, count, debounce);
        counter.edge({ level: seen, time });
      },
    });
    const window = new CounterWindow<number>();
    window.add({ time: clock.monotonic(), counters: 0 });
    let reads = 0;
    return {
      name: 'gpio-input',
      channels: channelsOf(chosen),
      read: async signal => {
        if (reads++ === 0) await clock.sleepUntil(window.readyAt, signal);
        signal.throwIfAborted();
        const level = asSeen(input.read());
        const time = clock.monotonic();
        counter?.settle(time);
        const counted = counter?.count ?? 0;
        const before = window.before(time);
        window.add({ time, counters: counted });
        const rate = before === undefined ? Number.NaN : (counted - before.counters) / (time - before.time);
        return [counter?.level ?? level, counted, counted * scale, rate * scale];
      },
      close: async () => input.close(),
    };
  },
  simulate: ({ pin, invert }, host) => {
    const gpio = new SimulatedGpio({ clock: host.clock });
    const wave = pulses(seedOfPin(pin, host), SIMULATED);
    const turned = (level: Level): Level => (invert ? ((1 - level) as Level) : level);
    gpio.play(pin, {
      level: time => turned(wave.level(time)),
      edges: (after, until) =>
        Array.from(wave.edges(after, until), ({ level, time }) => ({ level: turned(level), time })),
    });
    return { gpio: gpio.lines };
  },
});
