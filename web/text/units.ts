// Writes units for people: from UDUNITS spelling to the usual symbol.

import { superscript } from './superscript.ts';

/** Names by their symbol, in small letters; the first name without a symbol is the empty one. */
const NAMES: Readonly<Record<string, string>> = {
  '°C': 'degree_celsius degrees_celsius degree_c degrees_c degreec degreesc degc degsc deg_c celsius',
  '°F': 'degree_fahrenheit degrees_fahrenheit degree_f degrees_f degreef degreesf degf deg_f fahrenheit',
  K: 'kelvin kelvins degree_kelvin degrees_kelvin degree_k degrees_k degk',
  '°': 'degree degrees deg arc_degree arcdegree angular_degree degree_true degrees_true',
  '°N': 'degrees_north degree_north degree_n degrees_n',
  '°E': 'degrees_east degree_east degree_e degrees_e',
  '°S': 'degrees_south degree_south',
  '°W': 'degrees_west degree_west degree_w degrees_w',
  rad: 'radian radians',
  '%': 'percent per_cent pct',
  '‰': 'permille per_mille permil 1e-3 0.001',
  ppm: '1e-6 1.e-6',
  ppb: '1e-9 1.e-9',
  Ω: 'ohm ohms',
  lx: 'lux lx',
  lm: 'lumen lumens',
  V: 'volt volts',
  A: 'ampere amperes amp amps',
  W: 'watt watts',
  J: 'joule joules',
  N: 'newton newtons',
  C: 'coulomb coulombs',
  F: 'farad farads',
  S: 'siemens',
  T: 'tesla teslas',
  Pa: 'pascal pascals',
  bar: 'bars',
  Hz: 'hertz',
  Bq: 'becquerel becquerels',
  Sv: 'sievert sieverts',
  dB: 'db decibel decibels',
  mol: 'mole moles',
  g: 'gram grams gramme grammes',
  l: 'liter liters litre litres',
  m: 'meter meters metre metres',
  in: 'inch inches',
  kn: 'knot knots',
  s: 'second seconds sec',
  min: 'minute minutes',
  h: 'hour hours hr',
  d: 'day days',
  byte: 'bytes',
  bit: 'bits',
  '': ' 1 none unitless dimensionless number count counts unit units',
};

/** Prefixes by their symbol; those that stand before a name. */
const PREFIXES: Readonly<Record<string, string>> = {
  G: 'giga',
  M: 'mega',
  k: 'kilo',
  h: 'hecto',
  d: 'deci',
  c: 'centi',
  m: 'milli',
  µ: 'micro',
  n: 'nano',
  p: 'pico',
};

/** A `u` before these symbols is micro. */
const MICRO = /^u(?=(?:V|A|F|H|g|l|L|m|s|W|S|Sv|Gy|mol|Pa|bar|T|J|N|M|rad|Bq|atm|ohm|E)$)/;

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
  // Whatever stands behind a slash is divided by.
  const factors = text.split('/').flatMap((part, index) =>
    part
      .trim()
      .split(/(?:\s+|[.*·](?=[a-z]))/i)
      .map(name => readFactor(name, index === 0 ? 1 : -1)),
  );
  if (factors.some(({ symbol }) => symbol === '')) return text;
  const below = factors.filter(factor => factor.exponent < 0);
  const above = factors.filter(factor => factor.exponent > 0);
  if (below.length !== 1 || above.length === 0) return factors.map(writeFactor).join(' ');
  return `${above.map(writeFactor).join(' ')}/${writeFactor({ ...below[0]!, exponent: -below[0]!.exponent })}`;
}

interface Factor {
  readonly symbol: string;
  readonly exponent: number;
}

function readFactor(text: string, sign: 1 | -1): Factor {
  const [, name = text, digits] = /^([^\d\s/^]*[a-z%°_µΩ])(?:\^|\*\*)?([+-]?\d)$/i.exec(text) ?? [];
  return { symbol: symbolOf(name), exponent: sign * (digits === undefined ? 1 : Number(digits)) };
}

function symbolOf(name: string): string {
  const small = name.toLowerCase();
  const symbol = SYMBOLS.get(small);
  if (symbol) return symbol;
  for (const [prefix, word] of Object.entries(PREFIXES)) {
    const base = small.startsWith(word) ? small.slice(word.length) : '';
    const known = SYMBOLS.get(base) || (Object.hasOwn(NAMES, base) ? base : '');
    if (base !== '' && known !== '') return `${prefix}${known}`;
  }
  return name.replace(MICRO, 'µ');
}

function writeFactor({ symbol, exponent }: Factor): string {
  return exponent === 1 ? symbol : `${symbol}${superscript(exponent)}`;
}
