// A model of the files of the kernel's driver w1_therm, made from models of thermometers.

import type { Clock } from '../host/clock.ts';
import { type KernelFiles, missingFile, refusedFile } from '../host/kernel-files.ts';
import { crc8, type Ds18b20Model, isIntact } from './ds18b20.ts';

const W1 = '/sys/bus/w1/devices';

/** Seconds for nine bytes, with the reset and the address before them. */
const TRANSFER = 0.013;

/** How often the driver tries (W1_THERM_MAX_TRY). */
const TRIES = 5;

/** The family that does not take part in bulk conversions, and the family with a fixed resolution. */
const WITHOUT_BULK = '42-';
const FIXED_RESOLUTION = '10-';

export interface W1ThermOptions {
  /** By address: `28-0316a2794cff`. */
  readonly chips: Readonly<Record<string, Ds18b20Model>>;
  readonly clock: Clock;
  readonly master?: string;
  /**
   * The files that exist. `bulk`: all of them (Linux 5.9 and later); `single`: all except `therm_bulk_read`, as on a second bus master;
   * `old`: only `w1_slave`, which gives bytes with a wrong CRC too.
   */
  readonly driver?: 'bulk' | 'single' | 'old';
  /** False for files that belong to another user. */
  readonly writable?: boolean;
}

/** The files of one bus master. A missing chip keeps its files until `remove`, as it does until the master has searched the bus. */
export class W1ThermModel implements KernelFiles {
  readonly #chips: Map<string, Ds18b20Model>;
  readonly #clock: Clock;
  readonly #master: string;
  readonly #driver: 'bulk' | 'single' | 'old';
  readonly #writable: boolean;
  /** The state of each chip after a bulk conversion: -1 converting, 1 converted and not read yet. */
  readonly #triggered = new Map<string, -1 | 1>();
  /** Blocking calls in progress, and their highest number. */
  #underWay = 0;
  mostAtOnce = 0;
  conversions = 0;

  constructor({ chips, clock, master = 'w1_bus_master1', driver = 'bulk', writable = true }: W1ThermOptions) {
    this.#chips = new Map(Object.entries(chips));
    this.#clock = clock;
    this.#master = master;
    this.#driver = driver;
    this.#writable = writable;
  }

  async list(path: string): Promise<readonly string[]> {
    const addresses = [...this.#chips.keys()];
    if (path === W1) return [this.#master, ...addresses];
    if (path === `${W1}/${this.#master}`) {
      return ['w1_master_slaves', ...addresses, ...(this.#hasBulk ? ['therm_bulk_read'] : [])];
    }
    const place = this.#placeOf(path);
    if (place === undefined || place.file !== '') return [];
    if (this.#driver === 'old') return ['w1_slave'];
    return [...(isFixed(place.address) ? [] : ['resolution']), 'temperature', 'w1_slave'];
  }

  read(path: string): Promise<string> {
    return this.#blocking(async () => {
      if (path === this.#bulkPath && this.#hasBulk) return `${this.#bulkState()}\n`;
      const place = this.#placeOf(path);
      if (place === undefined || !(await this.list(place.folder)).includes(place.file))
        throw missingFile(path);
      const { address, chip, file } = place;
      if (file === 'resolution') return `${(await this.#scratchpad(chip)) === undefined ? -5 : chip.bits}\n`;
      if (this.#triggered.get(address) === -1) return '';
      if (this.#triggered.get(address) !== 1) await this.#convert([chip]);
      this.#triggered.delete(address);
      const bytes = await this.#scratchpad(chip);
      if (bytes === undefined) return '';
      return file === 'temperature' ? `${millidegrees(bytes, address)}\n` : slaveText(bytes, address);
    });
  }

  write(path: string, text: string): Promise<void> {
    return this.#blocking(async () => {
      if (!this.#writable) throw refusedFile(path);
      if (path === this.#bulkPath && this.#hasBulk) return this.#trigger(text);
      const place = this.#placeOf(path);
      const isThere = place !== undefined && (await this.list(place.folder)).includes(place.file);
      if (!isThere) throw missingFile(path);
      if (place.file !== 'resolution' && place.file !== 'w1_slave') throw refusedFile(path);
      place.chip.setBits(Number(text));
    });
  }

  /** The bus master has noticed that the chip is missing. */
  remove(address: string): void {
    this.#chips.delete(address);
  }

  attach(address: string, chip: Ds18b20Model): void {
    this.#chips.set(address, chip);
  }

  /** The file exists while there is a chip that takes part in bulk conversions. */
  get #hasBulk(): boolean {
    return this.#driver === 'bulk' && [...this.#chips.keys()].some(listens);
  }

  get #bulkPath(): string {
    return `${W1}/${this.#master}/therm_bulk_read`;
  }

  #bulkState(): -1 | 0 | 1 {
    const states = [...this.#triggered.values()];
    if (states.includes(-1)) return -1;
    return states.includes(1) ? 1 : 0;
  }

  async #trigger(text: string): Promise<void> {
    // The driver compares the length too, and ignores any other text.
    if (text !== 'trigger\n') return;
    const listening = [...this.#chips].filter(([address]) => listens(address));
    const present = listening.filter(([, chip]) => chip.isPresent);
    const all = listening.map(([address]) => address);
    if (present.length > 0) {
      for (const address of all) this.#triggered.set(address, -1);
      await this.#convert(present.map(([, chip]) => chip));
    }
    // Also if no chip answered: then the previous value is read.
    for (const address of all) this.#triggered.set(address, 1);
  }

  async #convert(chips: readonly Ds18b20Model[]): Promise<void> {
    this.conversions++;
    await this.#pause(Math.max(...chips.map(chip => chip.conversionTime)));
    for (const chip of chips) chip.convert();
  }

  /** Undefined if no attempt gave nine bytes with a right CRC; old drivers give the bytes anyway. */
  async #scratchpad(chip: Ds18b20Model): Promise<readonly number[] | undefined> {
    for (let left = TRIES; ; left--) {
      await this.#pause(TRANSFER);
      const bytes = chip.read();
      if (isIntact(bytes) || this.#driver === 'old') return bytes;
      if (left === 1 || !chip.isPresent) return undefined;
    }
  }

  async #blocking<T>(work: () => Promise<T>): Promise<T> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay);
    try {
      return await work();
    } finally {
      this.#underWay--;
    }
  }

  #pause(seconds: number): Promise<void> {
    return this.#clock.sleepUntil(this.#clock.monotonic() + seconds);
  }

  #placeOf(path: string) {
    const [, folder, address, file = ''] = PLACE.exec(path) ?? [];
    const chip = this.#chips.get(address ?? '');
    if (folder === undefined || address === undefined || chip === undefined) return undefined;
    return { folder, address, chip, file };
  }
}

const PLACE = new RegExp(`^(${W1}/(?:[^/]+/)?([0-9a-f]{2}-[0-9a-f]{12}))(?:/([^/]+))?$`);

/** Whether a chip takes part in bulk conversions. */
function listens(address: string): boolean {
  return !address.startsWith(WITHOUT_BULK);
}

function isFixed(address: string): boolean {
  return address.startsWith(FIXED_RESOLUTION);
}

/** As the driver computes it: truncated to whole millidegrees. */
function millidegrees(bytes: readonly number[], address: string): number {
  const [low = 0, high = 0] = bytes;
  const register = ((high << 24) >> 16) | low;
  if (!isFixed(address)) return Math.trunc((register * 1000) / 16);
  const [remain = 0, perDegree = 0] = bytes.slice(6);
  if (perDegree === 0) return 0;
  return (register >> 1) * 1000 - 250 + Math.trunc((1000 * (perDegree - remain)) / perDegree);
}

/** The text of `w1_slave` for these nine bytes. */
export function slaveText(bytes: readonly number[], address: string): string {
  const hex = bytes.map(byte => byte.toString(16).padStart(2, '0')).join(' ');
  const crc = crc8(bytes.slice(0, -1)).toString(16).padStart(2, '0');
  return `${hex} : crc=${crc} ${isIntact(bytes) ? 'YES' : 'NO'}\n${hex} t=${millidegrees(bytes, address)}\n`;
}
