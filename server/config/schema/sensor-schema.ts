// Defines the schema of one sensor: the options of its kind, its name, its columns and derived columns.

import { z } from 'zod';
import {
  CHANNEL_TYPES,
  type ChannelOverride,
  DERIVATIONS,
  type Derivation,
  type DerivedOverride,
  type SensorKind,
} from '../../../device/index.ts';
import { LIMIT_SHAPE, limitsFrom, refineLimits } from './limits-schema.ts';
import { PACE_SHAPE } from './pace-schema.ts';
import { NAME, name, text } from './words.ts';

const range = (description: string) =>
  z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high)
    .optional()
    .meta({ description, expected: 'a list of two numbers, the lower one first' });

/** A linear correction; every other computation makes a column of its own (`derived`). */
const calibration = z
  .strictObject({
    scale: z
      .number()
      .refine(scale => scale !== 0)
      .default(1)
      .meta({ description: 'The factor.', expected: 'a number other than 0' }),
    offset: z.number().default(0).describe('Added after the multiplication, in the units of the column.'),
  })
  .transform(({ scale, offset }) => ({ kind: 'linear', scale, offset }) as const)
  .optional()
  .describe('Corrects the value before anything else: value x scale + offset.');

/** The keys of any column; without a key, its default stays. */
const COLUMN_SHAPE = {
  units: text('Units in UDUNITS spelling, such as degree_Celsius, for a correction that changes them.'),
  long_name: text('A readable name; the CF attribute long_name.'),
  standard_name: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .optional()
    .meta({
      description: 'The name in the CF standard name table, such as air_temperature.',
      expected: 'a name of small letters, digits and _, such as air_temperature',
    }),
  type: z
    .enum(CHANNEL_TYPES)
    .optional()
    .describe('The type of the column. Integer types round, and have a fill value in place of NaN.'),
  valid_range: range('The smallest and the largest valid value; the CF attribute valid_range.'),
  ...LIMIT_SHAPE,
};

/** The keys of a column whose units are fixed. */
const { units: _units, ...COLUMN_WITHOUT_UNITS } = COLUMN_SHAPE;

/** The column's keys under the device's names for them. */
function columnOverride(written: Partial<z.output<z.ZodObject<typeof COLUMN_SHAPE>>>) {
  const { long_name, standard_name, valid_range, units, type } = written;
  const given = { units, type, longName: long_name, standardName: standard_name, validRange: valid_range };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

export const channelSchema = z
  .strictObject({
    name: name("The column's whole name, without the sensor's name before it."),
    ...COLUMN_SHAPE,
    calibration,
  })
  .superRefine((written, context) => refineLimits(limitsFrom(written) ?? {}, context))
  .transform(({ name, calibration, warn: _warn, alarm: _alarm, ...column }): ChannelOverride => {
    const own = Object.entries({ name, calibration }).filter(([, value]) => value !== undefined);
    return { ...Object.fromEntries(own), ...columnOverride(column) };
  })
  .meta({ description: 'Overrides for one channel.' });

/** The schema of a derived column of one sort. */
function derivedOf(by: Derivation) {
  const own = Object.keys(by.options.shape);
  return z
    .strictObject({
      by: z.literal(by.name).describe('How it is derived.'),
      from: z.string().min(1).describe("The source channel, by the name that the sensor's kind gives it."),
      ...by.options.shape,
      ...(by.from === 'any' ? COLUMN_SHAPE : COLUMN_WITHOUT_UNITS),
    })
    .superRefine((written, context) => refineLimits(limitsFrom(written) ?? {}, context))
    .transform((written): DerivedOverride => {
      const options = Object.fromEntries(Object.entries(written).filter(([key]) => own.includes(key)));
      return { from: written.from, by, options, ...columnOverride(written) };
    })
    .meta({ title: by.title, description: by.description });
}

const [firstDerivation, ...otherDerivations] = DERIVATIONS.map(derivedOf);
export const derivedSchema = z
  .discriminatedUnion('by', [firstDerivation!, ...otherDerivations])
  .meta({ description: 'One derived column.' });

/** Keys of every sensor besides the options of its kind. */
export const sensorNameSchema = name(
  'The name in health and log, and the first part of the names of its columns: air gives air_temperature.',
);
export const sensorTitleSchema = text(
  'A readable name for the page, such as Living room; the attribute sensor_name of its columns. By default the name.',
);
const sensorChannels = z
  .record(z.string(), channelSchema)
  .optional()
  .describe("Names and corrections of the columns, by the channels of the sensor's kind.");

const sensorDerived = z
  .record(
    z
      .string()
      .regex(NAME)
      .meta({ expected: 'a name of at most 64 letters, digits and _, not beginning with a digit' }),
    derivedSchema,
  )
  .optional()
  .describe(
    "Additional columns by name, each computed from a channel, which keeps its own column. The sensor's name comes before theirs.",
  );

/** Keys that no kind may use for an option, because they mean the same for every kind. */
export const SENSOR_KEYS: readonly string[] = [
  'kind',
  'driver',
  'name',
  'title',
  'channels',
  'derived',
  ...Object.keys(PACE_SHAPE),
];

const driver = z.string().min(1).meta({
  description:
    "The file of a kind of your own, relative to this file. The kind's options are written beside it.",
  expected: 'the path of a file such as ./my-sensor.js',
});

/** A sensor of a driver, whose options are unknown until the driver is loaded. */
export const driverSchema = z
  .looseObject({
    driver,
    name: sensorNameSchema,
    title: sensorTitleSchema,
    channels: sensorChannels,
    derived: sensorDerived,
    ...PACE_SHAPE,
  })
  .meta({ title: 'A kind of your own', description: 'A sensor whose kind is in a file of your own.' });

/** The schema of a sensor of the kind that its driver gives. */
export function driverSensorSchema(kind: SensorKind) {
  return z.strictObject({
    driver,
    name: sensorNameSchema,
    title: sensorTitleSchema,
    ...kind.options.shape,
    channels: sensorChannels,
    derived: sensorDerived,
    ...PACE_SHAPE,
  });
}

/** The schema of a sensor of one kind. */
export function sensorSchema(kind: SensorKind) {
  return z
    .strictObject({
      kind: z.literal(kind.name).describe('The kind of sensor.'),
      name: sensorNameSchema,
      title: sensorTitleSchema,
      ...kind.options.shape,
      channels: sensorChannels,
      derived: sensorDerived,
      ...PACE_SHAPE,
    })
    .meta({ title: kind.title, description: kind.description });
}
