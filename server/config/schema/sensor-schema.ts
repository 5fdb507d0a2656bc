// What may a configuration say of one sensor? Its kind's options, its name, its columns and those derived from them.

import { z } from 'zod';
import {
  CHANNEL_TYPES,
  type ChannelOverride,
  DERIVATIONS,
  type Derivation,
  type DerivedOverride,
  type SensorKind,
} from '../../../device/index.ts';
import { PACE_SHAPE } from './pace-schema.ts';
import { NAME, name, text } from './words.ts';

const range = (description: string) =>
  z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high)
    .optional()
    .meta({ description, expected: 'a list of two numbers, the lower one first' });

/** A straight line; every other way to make a value of another gives a column of its own (`derived`). */
const calibration = z
  .strictObject({
    scale: z
      .number()
      .refine(scale => scale !== 0)
      .default(1)
      .meta({ description: 'What the value is multiplied with.', expected: 'a number other than 0' }),
    offset: z.number().default(0).describe('What is added to it then, in the units of the column.'),
  })
  .transform(({ scale, offset }) => ({ kind: 'linear', scale, offset }) as const)
  .optional()
  .describe('Corrects the value before anything else: value x scale + offset.');

/** What may be said of any column; what is left out stays as it is known. */
const COLUMN_SHAPE = {
  units: text('Units in UDUNITS spelling, such as degree_Celsius; for a correction that changes them.'),
  long_name: text('What a person calls it; the CF attribute long_name.'),
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
    .describe('The type of the column. Whole-number types round and have a fill value in place of NaN.'),
  valid_range: range('The least and the greatest value that can be right; the CF attribute valid_range.'),
};

/** Of a column whose units follow from what it is: another word for them would be wrong. */
const { units: _units, ...COLUMN_WITHOUT_UNITS } = COLUMN_SHAPE;

/** The same under the names that the device has for it. */
function columnOverride(written: Partial<z.output<z.ZodObject<typeof COLUMN_SHAPE>>>) {
  const { long_name, standard_name, valid_range, units, type } = written;
  const given = { units, type, longName: long_name, standardName: standard_name, validRange: valid_range };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

export const channelSchema = z
  .strictObject({
    name: name("The column's name, whatever the sensor is called."),
    ...COLUMN_SHAPE,
    calibration,
  })
  .transform(({ name, calibration, ...column }): ChannelOverride => {
    const own = Object.entries({ name, calibration }).filter(([, value]) => value !== undefined);
    return { ...Object.fromEntries(own), ...columnOverride(column) };
  })
  .meta({ description: 'What is said otherwise of one channel.' });

/** The schema of a derived column of one sort. */
function derivedOf(by: Derivation) {
  const own = Object.keys(by.options.shape);
  return z
    .strictObject({
      by: z.literal(by.name).describe('How it is derived.'),
      from: z
        .string()
        .min(1)
        .describe('The channel that it is made from, as the kind of the sensor calls it.'),
      ...by.options.shape,
      ...(by.from === 'any' ? COLUMN_SHAPE : COLUMN_WITHOUT_UNITS),
    })
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

/** What any sensor may say besides the options of its kind. */
export const sensorNameSchema = name(
  'A name of its own, for health and log; its columns then begin with it: air gives air_temperature.',
);
const sensorChannels = z
  .record(z.string(), channelSchema)
  .optional()
  .describe("By the channels of the sensor's kind: what its columns are called and how they are corrected.");

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
    'Columns besides, each made from a channel, whose own column stays: by their names, before which the name of the sensor comes.',
  );

/** What no option of a kind can be called, since it means the same for sensors of every kind. */
export const SENSOR_KEYS: readonly string[] = [
  'kind',
  'driver',
  'name',
  'channels',
  'derived',
  ...Object.keys(PACE_SHAPE),
];

const driver = z.string().min(1).meta({
  description:
    'The file of a kind of your own; a relative path begins where this file is. Its options stand beside it.',
  expected: 'the path of a file such as ./my-sensor.js',
});

/** A sensor whose kind is not known yet: what its options may be is said by its driver. */
export const driverSchema = z
  .looseObject({
    driver,
    name: sensorNameSchema,
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
      ...kind.options.shape,
      channels: sensorChannels,
      derived: sensorDerived,
      ...PACE_SHAPE,
    })
    .meta({ title: kind.title, description: kind.description });
}
