// Writes units for people: from UDUNITS spelling to the usual symbol.

const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ...['degree_celsius', 'degrees_celsius', 'degree_c', 'degrees_c', 'degc', 'deg_c', 'celsius'].map(
    pair('°C'),
  ),
  ...['degree_fahrenheit', 'degrees_fahrenheit', 'degree_f', 'degrees_f', 'degf', 'fahrenheit'].map(
    pair('°F'),
  ),
  ...['kelvin', 'kelvins', 'degree_kelvin', 'degrees_kelvin'].map(pair('K')),
  ...['degree', 'degrees', 'deg', 'arc_degree', 'angular_degree'].map(pair('°')),
  ...['degrees_north', 'degree_north', 'degree_n', 'degrees_n'].map(pair('°N')),
  ...['degrees_east', 'degree_east', 'degree_e', 'degrees_e'].map(pair('°E')),
  ...['radian', 'radians'].map(pair('rad')),
  ...['percent', 'per_cent', 'pct'].map(pair('%')),
  ...['ohm', 'ohms'].map(pair('Ω')),
  ...['lux', 'lx'].map(pair('lx')),
  ...['volt', 'volts'].map(pair('V')),
  ...['millivolt', 'millivolts'].map(pair('mV')),
  ...['ampere', 'amperes', 'amp', 'amps'].map(pair('A')),
  ...['watt', 'watts'].map(pair('W')),
  ...['meter', 'meters', 'metre', 'metres'].map(pair('m')),
  ...['second', 'seconds', 'sec'].map(pair('s')),
  ...['minute', 'minutes'].map(pair('min')),
  ...['hour', 'hours', 'hr'].map(pair('h')),
  ...['pascal', 'pascals'].map(pair('Pa')),
  ...['hectopascal', 'hectopascals'].map(pair('hPa')),
  ...['hertz'].map(pair('Hz')),
  ...['bytes'].map(pair('byte')),
  ...['1', '', 'none', 'unitless', 'dimensionless', 'count', 'counts'].map(pair('')),
]);

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

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
  if (exponent === 1) return symbol;
  const digits = [...String(Math.abs(exponent))].map(digit => SUPERSCRIPTS[Number(digit)]).join('');
  return `${symbol}${exponent < 0 ? '⁻' : ''}${digits}`;
}

function pair(symbol: string): (name: string) => [string, string] {
  return name => [name, symbol];
}
