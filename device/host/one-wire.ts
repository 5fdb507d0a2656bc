// Reaches 1-Wire thermometers by the files of the kernel's driver: one call at a time, one conversion per bus.

import { type Clock, nextTurn } from './clock.ts';
import { isMissing, isRefused, type KernelFiles } from './kernel-files.ts';
import type { ReadContext } from './read-context.ts';
import type { Serial } from './serial.ts';

const W1 = '/sys/bus/w1/devices';

/**
 * Family codes that the kernel's driver w1_therm knows (Linux, Documentation/w1/slaves/w1_therm.rst): DS18S20, DS1822,
 * DS18B20, DS1825, DS28EA00. The last does not take part in a bulk conversion.
 */
const FAMILIES = ['10', '22', '28', '3b', '42'] as const;
const WITHOUT_BULK = '42';

/** `28-0316a2794cff`: the family and the serial number, in hexadecimal. */
export const ONE_WIRE_ADDRESS = new RegExp(`^(?:${FAMILIES.join('|')})-[0-9a-f]{12}$`);

/** The one queue of all bus masters. */
const QUEUE = '1-wire';

/** Seconds. A conversion takes at least 94 ms; the driver returns earlier, without an error, if no thermometer answers. */
const SHORTEST_CONVERSION = 0.02;

export interface Thermometer {
  readonly address: string;
  /** `w1_bus_master1`. */
  readonly master: string;
  /** The folder of its files. */
  readonly folder: string;
}

export interface OneWire {
  /** The thermometers that the kernel has found, by masters and addresses; none without 1-Wire. */
  thermometers(): Promise<readonly Thermometer[]>;
  /**
   * Runs `work` alone on all 1-Wire buses. Each call of the kernel's driver blocks for a whole conversion, and with it one of
   * the four threads that read all files of the process.
   */
  alone<T>(work: () => Promise<T>, context: ReadContext): Promise<T>;
  /**
   * Makes sure, inside `alone`, that the thermometer's next reading is measured after the monotonic time `since`. If the kernel
   * supports a bulk conversion, all thermometers of the bus convert at once, and the next ones need not convert again.
   */
  convert(thermometer: Thermometer, since: number): Promise<void>;
  /** Whether this user may let the thermometer convert at the same time as the others of its bus. Begins no conversion; does not reject. */
  convertsWithOthers(thermometer: Thermometer): Promise<boolean>;
  /** An advice about the thermometer's latest conversion; undefined if there is none. */
  note(thermometer: Thermometer): string | undefined;
}

export interface OneWireOptions {
  readonly files: KernelFiles;
  readonly serial: Serial;
  readonly clock: Clock;
}

export function oneWire({ files, serial, clock }: OneWireOptions): OneWire {
  /** By masters: the monotonic time at which the latest bulk conversion began. */
  const begun = new Map<string, number>();
  /** By masters: the advice that their thermometers could convert at once. */
  const notes = new Map<string, string>();

  /** @returns whether this user may start a bulk conversion */
  const convertAll = async (master: string, path: string): Promise<boolean> => {
    // Readings that begin in the same turn are then served by the same conversion.
    await nextTurn();
    const start = clock.monotonic();
    try {
      // The driver compares eight characters, the end of the line among them.
      await files.write(path, 'trigger\n');
    } catch (error) {
      if (isRefused(error)) return false;
      throw error;
    }
    if (clock.monotonic() - start < SHORTEST_CONVERSION) {
      throw new Error(`${master}: expected a conversion, found that no thermometer answers on this bus`);
    }
    begun.set(master, start);
    return true;
  };

  /** Whether a bulk conversion may have left values that were not read yet; true if this user may not ask. */
  const mayHaveLeft = async (path: string) => {
    try {
      return (await files.read(path)).trim() !== '0';
    } catch (error) {
      if (isRefused(error)) return true;
      throw error;
    }
  };

  const noteRefusal = async (master: string, path: string) => {
    const listening = (await files.list(`${W1}/${master}`)).filter(
      name => ONE_WIRE_ADDRESS.test(name) && !name.startsWith(WITHOUT_BULK),
    );
    if (listening.length < 2) notes.delete(master);
    else {
      notes.set(
        master,
        `the thermometers on ${master} convert one after the other, 0.8 s each: this user may not write ${path}, by which they convert at once (see docs/one-wire.md)`,
      );
    }
  };

  return {
    thermometers: async () => {
      const masters = (await files.list(W1)).filter(name => /^w1_bus_master\d+$/.test(name)).sort();
      const found = await Promise.all(masters.map(master => files.list(`${W1}/${master}`)));
      return masters.flatMap((master, index) =>
        found[index]!.filter(name => ONE_WIRE_ADDRESS.test(name))
          .sort()
          .map(address => ({ address, master, folder: `${W1}/${master}/${address}` })),
      );
    },
    alone: (work, context) => serial(QUEUE, work, context),
    convert: async ({ address, master, folder }, since) => {
      if (address.startsWith(WITHOUT_BULK)) return;
      if ((begun.get(master) ?? Number.NEGATIVE_INFINITY) >= since) return;
      const path = bulkPath(master);
      try {
        if (await convertAll(master, path)) {
          notes.delete(master);
          return;
        }
        await noteRefusal(master, path);
        // A value left by another program's bulk conversion would be old: reading it removes it.
        if (await mayHaveLeft(path)) await files.read(`${folder}/w1_slave`);
      } catch (error) {
        // Older kernels, and masters after the first, do not have this file: there, each read converts.
        if (!isMissing(error)) throw error;
      }
    },
    convertsWithOthers: async ({ address, master }) => {
      if (address.startsWith(WITHOUT_BULK)) return false;
      // The kernel hands an empty text to no driver, but checks the permission.
      return files.write(bulkPath(master), '').then(
        () => true,
        () => false,
      );
    },
    note: ({ master, address }) => (address.startsWith(WITHOUT_BULK) ? undefined : notes.get(master)),
  };
}

function bulkPath(master: string): string {
  return `${W1}/${master}/therm_bulk_read`;
}
