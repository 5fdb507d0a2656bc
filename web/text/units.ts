// Writes units for people: from UDUNITS spelling to the usual symbol.

import { superscript } from './superscript.ts';

/** Names by their symbol, in small letters; the first name without a symbol is the empty one. */
const NAMES: Readonly<Record<string, string>> = {
  '°C': 'degree_celsius degrees_celsius degree_c degrees_c degc deg_c celsius',
  '°F': 'degree_fahrenheit degrees_fahrenheit degree_f degrees_f degf fahrenheit',
  K: 'kelvin kelvins degree_kelvin degrees_kelvin',
  '°': 'degree degrees deg arc_degree angular_degree',
  '°N': 'degrees_north degree_north degree_n degrees_n',
  '°E': 'degrees_east degree_east degree_e degrees_e',
  rad: 'radian radians',
  '%': 'percent per_cent pct',
  Ω: 'ohm ohms',
  lx: 'lux lx',
  V: 'volt volts',
  mV: 'millivolt millivolts',
  A: 'ampere amperes amp amps',
  W: 'watt watts',
  m: 'meter meters metre metres',
  s: 'second seconds sec',
  min: 'minute minutes',
  h: 'hour hours hr',
  Pa: 'pascal pascals',
  hPa: 'hectopascal hectopascals',
  Hz: 'hertz',
  byte: 'bytes',
  '': ' 1 none unitless dimensionless count counts',
};

const SYMBOLS = new Map(
  Object.entries(NAMES).flatMap(([symbol, names]) => names.split(' ').map(name => [name, symbol] as const)),
);

/**
 * The unit as people write it: `degree_Celsius` is `°C`, `m s-1` is `m/s`, `kg m-3` is `kg/m³`, `umol` is `µmol`;
 * empty for `1` and for none. An unknown unit stays unchanged.
 */
export function prettyUnits(units: string | undefined): string {
  const text = (units ?? '').trim();
  const whole = SYMBOLS.get(text.toLowerCase());
  if (whole !== undefined) return whole;
  const factors = text.split(/(?:\s+|[.*·](?=[a-z]))/i).map(readFactor);
  const below = factors.filter(factor => factor.exponent < 0);
  const above = factors.filter(factor => factor.exponent > 0);
  if (below.length !== 1 || above.length === 0) return factors.map(writeFactor).join(' ');
  return `${above.map(writeFactor).join(' ')}/${writeFactor({ ...below[0]!, exponent: -below[0]!.exponent })}`;
}

interface Factor {
  readonly symbol: string;
  readonly exponent: number;
}

function readFactor(text: string): Factor {
  const [, name = text, digits] = /^([^\d\s/^]*[a-z%°_])(?:\^|\*\*)?([+-]?\d)$/i.exec(text) ?? [];
  const symbol = SYMBOLS.get(name.toLowerCase()) || name.replace(/^u(?=[a-z]{1,3}$)/i, 'µ');
  return { symbol, exponent: digits === undefined ? 1 : Number(digits) };
}

function writeFactor({ symbol, exponent }: Factor): string {
  return exponent === 1 ? symbol : `${symbol}${superscript(exponent)}`;
}
