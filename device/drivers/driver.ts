// Declares a driver, a file outside the project that exports a sensor kind, and the tools that drivers get.

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

/** The tools of a driver, which then needs no packages of its own. */
export const DRIVER_TOOLS = {
  /** The schema library for options. */
  z,
  /** The schema of a duration, written as seconds or as `10 min`. */
  duration,
  /** Returns a kind unchanged, with its types. */
  sensorKind,
  /** For drivers of version 0.1; return `{ values, problem }` from `read` instead. */
  IncompleteReading,
  /** Files for `simulate`, each with a text that is made when it is read. */
  fileTree,
  /** A quantity that varies about a mean, for `simulate`. */
  quantityNow,
  /** Waits for a conversion on the host's clock; rejects when the signal aborts. */
  pause,
  /** For chips on I2C: options, claims, opening, waits, and the simulation by a model. */
  i2c: { busOption, addressOption, claimsOf, openI2cSensor, pauseUntil, hostWith, seedOf },
  /** GPIO lines with simulated circuits, for `simulate`. */
  SimulatedGpio,
} as const;

export type DriverTools = typeof DRIVER_TOOLS;

/** The default export of a driver. */
export type Driver = SensorKind | ((tools: DriverTools) => SensorKind | Promise<SensorKind>);
