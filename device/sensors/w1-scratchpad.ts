// Decodes the nine bytes of a 1-Wire thermometer: degrees Celsius or an error (datasheets of DS18S20, DS1822, DS18B20, DS1825, DS28EA00).

/** Bytes of the scratchpad (DS18B20, figure 9). The DS18S20 uses 6 and 7 differently (its figure 7). */
const CONFIGURATION = 4;
const RESERVED_6 = 6;
const COUNT_REMAIN = 6;
const COUNT_PER_DEGREE = 7;

/** Family codes, the first byte of an address. */
const DS18S20 = '10';
const DS18B20 = '28';
const DS1825 = '3b';
const DS28EA00 = '42';

/** Bits 6 and 5 of the configuration: 9 to 12 bits (DS18B20, table 2). */
const RESOLUTION_SHIFT = 5;
const FEWEST_BITS = 9;
const MOST_BITS = 12;

/** Bit 7 of the configuration, which is 0 in all of Maxim's thermometers. */
const MORE_BITS = 0x80;

const STEPS_PER_DEGREE = 16;

/** The register after power-on, 85 deg C, and byte 6 after power-on, which differs after a conversion of a DS18B20 to exactly 85. */
const AT_POWER_ON = 0x0550;
const DS18S20_AT_POWER_ON = 0x00aa;
const RESERVED_6_AT_POWER_ON = 0x0c;

/** The family code in an address. */
function familyOf(address: string): string {
  return address.slice(0, 2);
}

/** Whether the thermometer has a fixed resolution: its family has no configuration. */
export function hasFixedResolution(address: string): boolean {
  return familyOf(address) === DS18S20;
}

/** The measured range in degrees Celsius (electrical characteristics); without an address, that of most families. */
export function measuredRange(address: string | undefined): readonly [low: number, high: number] {
  return address !== undefined && familyOf(address) === DS28EA00 ? [-40, 85] : [-55, 125];
}

/**
 * Degrees Celsius in the text of `w1_slave`: nine bytes, their CRC and its verdict. The driver's own temperature behind them is not used:
 * some drivers had the sign wrong.
 * @throws one sentence that says what was expected and what was found
 */
export function parseSlave(text: string, address: string): number {
  // Kernels since 5.9 give an empty text for a wrong CRC, a missing sensor and a stuck one alike.
  if (text.trim() === '') throw new Error(noAnswer(address));
  const found = /^((?:[0-9a-f]{2} ){9}): crc=[0-9a-f]{2} (YES|NO)\n(?:[0-9a-f]{2} ){9}t=-?\d{1,7}\s*$/.exec(
    text,
  );
  if (found === null) {
    throw new Error(
      `${address}: expected nine bytes, their CRC and a temperature, found ${JSON.stringify(text.slice(0, 120))}`,
    );
  }
  const [, hex = '', verdict] = found;
  if (verdict === 'NO') throw new Error(`${address}: expected bytes with the right CRC, found ${hex.trim()}`);
  const bytes = hex
    .trim()
    .split(' ')
    .map(byte => Number.parseInt(byte, 16));
  return measured(bytes, address);
}

/** The message for a thermometer that does not answer, or answers with a wrong CRC. */
export function noAnswer(address: string): string {
  return `${address}: expected a reading, found none: the sensor does not answer, or not with the right CRC`;
}

function measured(bytes: readonly number[], address: string): number {
  if (bytes.every(byte => byte === 0)) {
    throw new Error(`${address}: expected a reading, found only zeros: the data line is held low`);
  }
  const register = ((bytes[1]! << 24) >> 16) | bytes[0]!;
  const atPowerOn = hasFixedResolution(address) ? DS18S20_AT_POWER_ON : AT_POWER_ON;
  if (register === atPowerOn && bytes[RESERVED_6] === RESERVED_6_AT_POWER_ON) {
    throw new Error(
      `${address}: expected a measured temperature, found 85 degree_Celsius, which it says after power-on: it loses its supply`,
    );
  }
  const degrees = degreesOf(register, bytes, address);
  const [low, high] = measuredRange(address);
  if (degrees >= low && degrees <= high) return degrees;
  throw new Error(`${address}: expected ${low} to ${high} degree_Celsius, found ${degrees}`);
}

function degreesOf(register: number, bytes: readonly number[], address: string): number {
  const family = familyOf(address);
  if (family === DS18S20) {
    const perDegree = bytes[COUNT_PER_DEGREE]!;
    if (perDegree === 0) throw new Error(`${address}: expected counts per degree, found none`);
    // The register without its bit of 0.5 deg C, and the counter (section "Measuring Temperature").
    return (register >> 1) - 0.25 + (perDegree - bytes[COUNT_REMAIN]!) / perDegree;
  }
  const configuration = bytes[CONFIGURATION]!;
  if ((configuration & MORE_BITS) !== 0) {
    if (family === DS1825) {
      throw new Error(
        `${address}: expected a DS1825, found a MAX31850, an interface for thermocouples, which is of no kind that is known here`,
      );
    }
    // GX20MH01 copies have two more bits there (Linux, Documentation/w1/slaves/w1_therm.rst).
    if (family === DS18B20) return (register * 4 + (configuration & 3)) / (4 * STEPS_PER_DEGREE);
  }
  // Bits below the resolution are undefined.
  const bits = FEWEST_BITS + ((configuration >>> RESOLUTION_SHIFT) & 3);
  const step = 2 ** (MOST_BITS - bits);
  return (Math.floor(register / step) * step) / STEPS_PER_DEGREE;
}
