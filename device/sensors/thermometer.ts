// Makes the kind of an I2C thermometer from its registers, its range and the way it converts: by itself, or once for each reading.

import type { z } from 'zod';
import { hexByte, hexWord, type I2cChip, signed } from '../host/i2c/i2c.ts';
import type { ReadContext } from '../host/read-context.ts';
import type { OptionsOf, SensorHost } from '../kind.ts';
import { quantityNow, ROOM_TEMPERATURE } from '../models/quantity.ts';
import type { Channel } from '../sensor.ts';
import type { ChipMatch } from './i2c-find.ts';
import { type I2cChipKind, i2cKind, type PoweredModel } from './i2c-kind.ts';
import { type Measure, pause, pauseUntil } from './i2c-sensor.ts';

/** The chip converts again and again; a reading is its latest conversion. */
export interface ContinuousConversion<Options> {
  readonly mode: 'continuous';
  /** The bit of the configuration that stops conversions. */
  readonly shutdown: number;
  /** Checks the chip's identity and writes its settings, except for the shutdown bit. */
  setUp?(chip: I2cChip, options: Options): Promise<void>;
  /** Seconds until the first conversion has certainly ended. Before that the chip reads 0 deg C. */
  longest(options: Options): number;
}

/** The chip is shut down between readings; each reading starts a conversion, so that none is from before a loss of supply. */
export interface OneShotConversion<Options> {
  readonly mode: 'one-shot';
  /** The configuration that the chip keeps: shut down, with the settings of `options`. */
  configuration(options: Options): number;
  /** The bit that starts a conversion. */
  readonly start: number;
  /** Whether the start bit reads 1 once the conversion has ended. If not, the reading waits for `conversionTime`. */
  readonly isEndShown: boolean;
  /** The bits of the configuration that the chip changes by itself, besides the start bit. */
  readonly status: number;
}

/** The properties of one thermometer, to be read beside its datasheet. */
export interface Thermometer<Schema extends z.ZodObject>
  extends Pick<
    I2cChipKind<Schema, 'temperature'>,
    'name' | 'title' | 'description' | 'addresses' | 'options' | 'example' | 'conversionTime'
  > {
  /** The lowest and the highest temperature that it measures, in deg C. */
  readonly range: readonly [low: number, high: number];
  /** The step between two readings, in deg C. */
  resolution(options: OptionsOf<Schema>): number;
  readonly registers: { readonly temperature: number; readonly configuration: number };
  readonly configurationBytes: 1 | 2;
  /** The temperature in a word of its register, in deg C. */
  celsius(word: number, options: OptionsOf<Schema>): number;
  readonly conversion: ContinuousConversion<OptionsOf<Schema>> | OneShotConversion<OptionsOf<Schema>>;
  recognise(chip: I2cChip): Promise<ChipMatch>;
  model(
    around: { readonly temperature: () => number; readonly now: () => number },
    options: OptionsOf<Schema>,
  ): PoweredModel;
}

export function thermometerKind<Schema extends z.ZodObject>(sheet: Thermometer<Schema>) {
  const { name, title, description, addresses, example, conversionTime, range, resolution } = sheet;
  const channels = (options: OptionsOf<Schema>): readonly Channel[] => [
    {
      name: 'temperature',
      units: 'degree_Celsius',
      longName: 'Temperature',
      validRange: range,
      resolution: resolution(options),
    },
  ];
  return i2cKind<Schema, 'temperature'>({
    name,
    title,
    description,
    addresses,
    options: sheet.options,
    example,
    channels,
    conversionTime,
    begin: (chip, options, host) => {
      const { conversion } = sheet;
      return conversion.mode === 'continuous'
        ? beginContinuous(sheet, conversion, chip, options, host)
        : beginOneShot(sheet, conversion, chip, options, host);
    },
    recognise: sheet.recognise,
    surroundings: (seed, clock) => ({ temperature: quantityNow(seed, ROOM_TEMPERATURE, clock) }),
    model: ({ temperature }, now, options) => sheet.model({ temperature, now }, options),
  });
}

/**
 * Degrees Celsius in the temperature register of LM75, TMP102 and TMP105: two's complement in the upper `bits` bits, the first
 * eight of which are whole degrees. The bits below are ignored.
 */
export function temperatureOf(word: number, bits: number): number {
  return signed(word >>> (16 - bits), bits) * 2 ** (8 - bits);
}

async function beginContinuous<Schema extends z.ZodObject>(
  sheet: Thermometer<Schema>,
  { setUp, shutdown, longest }: ContinuousConversion<OptionsOf<Schema>>,
  chip: I2cChip,
  options: OptionsOf<Schema>,
  { clock }: SensorHost,
): Promise<Measure> {
  await setUp?.(chip, options);
  const configuration = configurationOf(sheet, chip);
  const found = await configuration.read();
  if (found & shutdown) await configuration.write(found & ~shutdown);
  await pause(clock, longest(options));
  const celsius = async (context: ReadContext) =>
    sheet.celsius(await chip.readWord(sheet.registers.temperature, context), options);
  return async context => {
    const found = await celsius(context);
    if (found !== 0) return [found];
    // The chip may have lost its supply a moment ago: 0 is measured if it is still there after a conversion.
    await pause(clock, longest(options), context.signal);
    return [await celsius(context)];
  };
}

async function beginOneShot<Schema extends z.ZodObject>(
  sheet: Thermometer<Schema>,
  { configuration, start, isEndShown, status }: OneShotConversion<OptionsOf<Schema>>,
  chip: I2cChip,
  options: OptionsOf<Schema>,
  { clock }: SensorHost,
): Promise<Measure> {
  const { read, write, hex } = configurationOf(sheet, chip);
  const expected = configuration(options);
  const seconds = sheet.conversionTime(options);
  /** Whether the start bit is set in a configuration that is otherwise as it was written. */
  const isStartSet = async (context: ReadContext) => {
    const found = await read(context);
    if ((found & ~(start | status)) === expected) return (found & start) !== 0;
    throw new Error(
      `${chip.place}: expected the configuration ${hex(expected)} of a ${sheet.name.toUpperCase()}, found ${hex(isEndShown ? found : found & ~start)}: it lost its supply, or it is another chip`,
    );
  };
  return async context => {
    await write(expected | start, context);
    if (isEndShown) {
      await pauseUntil(
        clock,
        () => isStartSet(context),
        seconds,
        `${chip.place}: a conversion`,
        context.signal,
      );
    } else await pause(clock, seconds, context.signal);
    const word = await chip.readWord(sheet.registers.temperature, context);
    if (!isEndShown) await isStartSet(context);
    return [sheet.celsius(word, options)];
  };
}

/** The configuration register, of one byte or two. */
function configurationOf(
  {
    registers: { configuration },
    configurationBytes,
  }: Pick<Thermometer<z.ZodObject>, 'registers' | 'configurationBytes'>,
  chip: I2cChip,
) {
  return configurationBytes === 1
    ? {
        read: (context?: ReadContext) => chip.readByte(configuration, context),
        write: (value: number, context?: ReadContext) => chip.writeByte(configuration, value, context),
        hex: hexByte,
      }
    : {
        read: (context?: ReadContext) => chip.readWord(configuration, context),
        write: (value: number, context?: ReadContext) => chip.writeWord(configuration, value, context),
        hex: hexWord,
      };
}
