// What is a driver? A file outside the project whose default export is a sensor kind, or a function that makes one of what it is given.

import { z } from 'zod';
import { SimulatedGpio } from '../host/gpio/gpio-simulated.ts';
import { type SensorKind, sensorKind } from '../kind.ts';
import { fileTree } from '../models/file-tree.ts';
import { quantityNow } from '../models/quantity.ts';
import {
  addressOption,
  busOption,
  claimsOf,
  hostWith,
  openI2cSensor,
  pause,
  pauseUntil,
  seedOf,
} from '../sensors/i2c-sensor.ts';
import { duration } from '../written-options.ts';
import { IncompleteReading } from './earlier-driver.ts';

/** What a driver is given, so that it needs nothing installed beside it. */
export const DRIVER_TOOLS = {
  /** The schema library that options are written with. */
  z,
  /** An option that is a length of time, written as seconds or as `10 min`. */
  duration,
  /** Gives a kind back as it is, with its types. */
  sensorKind,
  /** For drivers of version 0.1; return `{ values, problem }` from `read` instead. */
  IncompleteReading,
  /** Files for `simulate`, each a text that is made when it is read. */
  fileTree,
  /** A quantity that moves about a mean, for `simulate`. */
  quantityNow,
  /** Waits on the host's clock until the sensor is no longer wanted: a conversion that takes so many seconds. */
  pause,
  /** For chips on I2C: their options, what they claim, how they are opened, and how a model takes their place. */
  i2c: { busOption, addressOption, claimsOf, openI2cSensor, pauseUntil, hostWith, seedOf },
  /** Lines with what is at them, for `simulate`. */
  SimulatedGpio,
} as const;

export type DriverTools = typeof DRIVER_TOOLS;

/** The default export of a driver. */
export type Driver = SensorKind | ((tools: DriverTools) => SensorKind | Promise<SensorKind>);
