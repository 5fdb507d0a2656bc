// The kind `mcp3008`: eight voltages of ten bits, clocked bit by bit over four GPIO lines (Microchip datasheet DS21295).

import { z } from 'zod';
import { type Clock, nextTurn } from '../host/clock.ts';
import type { GpioInput, GpioOutput, Level } from '../host/gpio/gpio.ts';
import { SimulatedGpio } from '../host/gpio/gpio-simulated.ts';
import { sensorKind } from '../kind.ts';
import { Mcp3008Model } from '../models/mcp3008.ts';
import { type Course, quantityNow } from '../models/quantity.ts';
import { randomBits } from '../models/seeded-noise.ts';
import type { Channel, Sensor } from '../sensor.ts';
import { claimsOfPins, interfaceOption, pinOption, seedOfPin } from './gpio-sensor.ts';

/** The inputs, by the bits after the start bit (table 5-2): 0 to 7 are differences, 8 to 15 are against ground. */
const INPUTS = [
  'CH0-CH1',
  'CH1-CH0',
  'CH2-CH3',
  'CH3-CH2',
  'CH4-CH5',
  'CH5-CH4',
  'CH6-CH7',
  'CH7-CH6',
  'CH0',
  'CH1',
  'CH2',
  'CH3',
  'CH4',
  'CH5',
  'CH6',
  'CH7',
] as const;

type Input = (typeof INPUTS)[number];

const SINGLE_ENDED = INPUTS.filter(input => !input.includes('-'));

const START = 0b1_0000;
const COMMAND_BITS = 5;
const CODE_BITS = 10;
const GREATEST = 2 ** CODE_BITS - 1;

/** Seconds within which the ten bits must be clocked out, since the sampled voltage leaks away (section 6.2, at 85 deg C). */
const HOLDS_FOR = 0.0012;

/** Attempts of a conversion that was interrupted by other programs or disturbed by noise. */
const TRIES = 3;

/** Seconds of a conversion: about 75 line operations. */
const CONVERSION = 0.002;

/** VREF (electrical characteristics): 0.25 V to the supply, which is 5.5 V at most. */
const LEAST_REFERENCE = 0.25;
const GREATEST_REFERENCE = 5.5;

/** The voltages at simulated inputs: a TMP36 in a room at CH0, waves at the others. */
const SIMULATED: readonly Course[] = [
  { mean: 0.715, amplitude: 0.025, period: 1200, noise: 0.001 },
  { mean: 1.65, amplitude: 1.2, period: 60, noise: 0.002 },
];

interface Wires {
  readonly clock: GpioOutput;
  readonly dataOut: GpioInput;
  readonly dataIn: GpioOutput;
  readonly select: GpioOutput;
}

/** Channels `voltage_ch0` and so on, one per input. The default pins and input are those of a circuit with one TMP36. */
export const mcp3008 = sensorKind({
  name: 'mcp3008',
  title: 'MCP3008 converter, 8 inputs of 10 bits',
  description: 'Voltages from 0 to the reference, clocked bit by bit over any four GPIO pins, without SPI.',
  needs: ['gpio'],
  options: z
    .strictObject({
      clock: pinOption(18, 'The pin at CLK'),
      data_out: pinOption(23, 'The pin at DOUT, where the chip answers'),
      data_in: pinOption(24, 'The pin at DIN, where the chip receives its commands'),
      select: pinOption(25, 'The pin at CS/SHDN'),
      inputs: z
        .array(z.enum(INPUTS))
        .min(1)
        .refine(inputs => new Set(inputs).size === inputs.length)
        .default(['CH0'])
        .meta({
          description:
            'The inputs to measure, in this order: against ground, such as CH0, or differences, such as CH0-CH1. A negative difference reads 0.',
          expected: 'a list of inputs, each once: CH0 to CH7, CH0-CH1, CH1-CH0 and so on to CH7-CH6',
        }),
      reference: z
        .number()
        .min(LEAST_REFERENCE)
        .max(GREATEST_REFERENCE)
        .default(3.3)
        .meta({
          description: 'The voltage at VREF in V, which is the highest voltage that can be measured.',
          expected: `a voltage from ${LEAST_REFERENCE} to ${GREATEST_REFERENCE} V`,
        }),
      pull: z.enum(['as-is', 'up']).default('as-is').meta({
        description:
          'With up, DOUT is pulled up, so that a missing chip does not look like a chip that measures 0 at every input. It needs the GPIO character device.',
        expected: 'as-is or up',
      }),
      interface: interfaceOption(),
    })
    .superRefine(({ clock, data_out, data_in, select }, context) => {
      const pins = [clock, data_out, data_in, select];
      if (new Set(pins).size === pins.length) return;
      context.addIssue({
        code: 'custom',
        params: {
          expected: 'four pins for clock, data_out, data_in and select',
          found: `${pins.join(', ')}`,
        },
      });
    }),
  example: { inputs: ['CH0', 'CH1', 'CH2-CH3'], reference: 3.3 },
  channels: ({ inputs, reference }) => inputs.map(input => channelOf(input, reference)),
  conversionTime: ({ inputs }) => inputs.length * CONVERSION,
  claims: ({ clock, data_out, data_in, select }) => claimsOfPins([clock, data_out, data_in, select]),
  open: async ({ inputs, reference, pull, interface: way, ...pins }, { gpio, clock }): Promise<Sensor> => {
    const opened: { close(): void }[] = [];
    const close = () => {
      for (const line of opened.splice(0).reverse()) line.close();
    };
    const keep = <Line extends { close(): void }>(line: Line): Line => {
      opened.push(line);
      return line;
    };
    try {
      // The chip is deselected first, so that it takes no later edge for a command.
      const select = keep(await gpio.output(pins.select, 1, { interface: way }));
      const wires: Wires = {
        select,
        clock: keep(await gpio.output(pins.clock, 0, { interface: way })),
        dataIn: keep(await gpio.output(pins.data_in, 0, { interface: way })),
        dataOut: keep(await gpio.input(pins.data_out, { pull, interface: way })),
      };
      return {
        name: 'mcp3008',
        channels: inputs.map(input => channelOf(input, reference)),
        read: async ({ signal }) => {
          const codes: number[] = [];
          let isThere = false;
          let conversions = 0;
          const convertTo = async (input: Input) => {
            // Each conversion blocks for a fraction of a millisecond; other work has its turn in between.
            if (conversions++ > 0) await nextTurn();
            signal.throwIfAborted();
            const { code, isProof } = trustedConversion(wires, input, clock);
            isThere ||= isProof;
            return code;
          };
          for (const input of inputs) codes.push(await convertTo(input));
          // Wires without a chip that are pulled down read 0 too: any input that is not at 0 V proves that there is a chip.
          for (const input of SINGLE_ENDED) {
            if (isThere) break;
            if (!inputs.includes(input)) await convertTo(input);
          }
          if (isThere) return codes.map(code => millivoltsOf(code, reference));
          throw new Error(
            `${wires.dataOut.place}: expected an MCP3008, found 0 at all of its inputs, as where none is there: check the wires and the supply; if all inputs are at 0 V, set pull: up, which tells the two apart`,
          );
        },
        close: async () => close(),
      };
    } catch (error) {
      close();
      throw error;
    }
  },
  simulate: ({ clock, data_out, data_in, select, reference }, host) => {
    const seed = seedOfPin(select, host);
    const voltages = Array.from({ length: 8 }, (_, input) =>
      quantityNow(randomBits(seed, input), SIMULATED[input === 0 ? 0 : 1]!, host.clock),
    );
    const model = new Mcp3008Model({ voltage: input => voltages[input]!(), reference });
    const gpio = new SimulatedGpio({ clock: host.clock });
    connectMcp3008(gpio, model, { clock, data_out, data_in, select });
    return { gpio: gpio.lines };
  },
});

export interface Mcp3008Pins {
  readonly clock: number;
  readonly data_out: number;
  readonly data_in: number;
  readonly select: number;
}

/** Wires the model of a chip to simulated pins. */
export function connectMcp3008(gpio: SimulatedGpio, model: Mcp3008Model, pins: Mcp3008Pins): void {
  gpio.listen(pins.select, level => model.select(level));
  gpio.listen(pins.data_in, level => model.dataIn(level));
  gpio.listen(pins.clock, level => model.clock(level));
  gpio.drive(pins.data_out, () => model.out);
}

/** Millivolts that a code stands for: 0 for 0, the reference (V) for 1023. */
export function millivoltsOf(code: number, reference: number): number {
  return (code * 1000 * reference) / GREATEST;
}

function channelOf(input: Input, reference: number): Channel {
  return {
    name: `voltage_${input.toLowerCase().replace('-', '_')}`,
    units: 'mV',
    longName: `Voltage at ${input.replace('-', ' against ')}`,
    validRange: [0, 1000 * reference],
    resolution: millivoltsOf(1, reference),
  };
}

/** A conversion that passed all checks, and whether only a chip can have answered like this. */
function trustedConversion(wires: Wires, input: Input, clock: Clock) {
  const { place } = wires.dataOut;
  let reason = '';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { undriven, nullBit, code, again, seconds } = convert(wires, input, clock);
    if (nullBit !== 0) {
      reason = `expected a bit 0 before the result, found 1: check the wires and the supply of the MCP3008`;
    } else if (code !== again) {
      reason = `expected the same result twice, found ${code} and ${again}: the wires are disturbed, or no MCP3008 is at them`;
    } else if (seconds > HOLDS_FOR) {
      reason = `expected ten bits within ${HOLDS_FOR * 1000} ms, which is how long an MCP3008 holds a voltage, and they took ${(seconds * 1000).toFixed(1)}: this machine is too busy or too slow`;
    } else {
      // A 1 among the bits, or a 0 on a line that is 1 by itself.
      return { code, isProof: code !== 0 || undriven === 1 };
    }
  }
  throw new Error(`${place}: ${reason}`);
}

/** One conversion (figures 5-1 and 5-2): bits are taken from DIN as the clock rises, and come to DOUT as it falls. */
function convert({ clock, dataIn, dataOut, select }: Wires, input: Input, time: Clock) {
  const pulse = () => {
    clock.write(1);
    clock.write(0);
  };
  const command = START | INPUTS.indexOf(input);
  select.write(1);
  // The chip lets go of DOUT while it is not selected (figure 5-1, HI-Z).
  const undriven = dataOut.read();
  select.write(0);
  try {
    for (let bit = COMMAND_BITS - 1; bit >= 0; bit--) {
      dataIn.write(bitOf(command, bit));
      pulse();
    }
    pulse();
    const sampled = time.monotonic();
    const nullBit = dataOut.read();
    let code = 0;
    for (let bit = CODE_BITS - 1; bit >= 0; bit--) {
      pulse();
      code |= dataOut.read() << bit;
    }
    const seconds = time.monotonic() - sampled;
    // It then says all but the last bit once more, backwards.
    let again = code & 1;
    for (let bit = 1; bit < CODE_BITS; bit++) {
      pulse();
      again |= dataOut.read() << bit;
    }
    return { undriven, nullBit, code, again, seconds };
  } finally {
    select.write(1);
  }
}

function bitOf(word: number, bit: number): Level {
  return (word >> bit) & 1 ? 1 : 0;
}
