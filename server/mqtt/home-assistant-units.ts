// Finds the device class, the unit and the state class of Home Assistant for a column, by its CF standard name and its units.

export interface EntityClass {
  /** In the spelling of Home Assistant; undefined for a number without a unit. */
  readonly unit?: string;
  /** Undefined where Home Assistant has none for the quantity, or not in this unit. */
  readonly deviceClass?: string;
  readonly stateClass?: 'measurement' | 'total_increasing';
}

/** The units of Home Assistant by UDUNITS names, in small letters without spaces at the ends. */
const UNITS: Readonly<Record<string, string>> = {
  ...named('°C', 'degree_celsius degrees_celsius degc deg_c celsius'),
  ...named('°F', 'degree_fahrenheit degrees_fahrenheit degf deg_f fahrenheit'),
  ...named('K', 'k kelvin'),
  ...named('%', '% percent'),
  ...named('ppm', '1e-6 ppm'),
  ...named('ppb', '1e-9 ppb'),
  ...named('°', 'degree degrees degree_true'),
  ...named('V', 'v volt volts'),
  ...named('mV', 'mv millivolt'),
  ...named('A', 'a ampere amperes'),
  ...named('mA', 'ma milliampere'),
  ...named('W', 'w watt watts'),
  ...named('kW', 'kw kilowatt'),
  ...named('Wh', 'wh watthour'),
  ...named('kWh', 'kwh kilowatthour'),
  ...named('Hz', 'hz hertz s-1'),
  ...named('lx', 'lx lux'),
  ...named('Pa', 'pa pascal'),
  ...named('hPa', 'hpa hectopascal'),
  ...named('kPa', 'kpa kilopascal'),
  ...named('mbar', 'mbar millibar'),
  ...named('bar', 'bar'),
  ...named('s', 's second seconds sec'),
  ...named('min', 'min minute minutes'),
  ...named('h', 'h hour hours'),
  ...named('d', 'd day days'),
  ...named('m', 'm meter metre meters metres'),
  ...named('mm', 'mm millimeter millimetre'),
  ...named('cm', 'cm centimeter centimetre'),
  ...named('km', 'km kilometer kilometre'),
  ...named('m/s', ['m s-1', 'm/s', 'm s^-1', 'meter second-1']),
  ...named('km/h', ['km h-1', 'km/h']),
  ...named('mm/h', ['mm h-1', 'mm/h', 'mm hour-1']),
  ...named('W/m²', ['w m-2', 'w/m2', 'w/m^2', 'watt m-2']),
  ...named('µg/m³', ['ug m-3', 'ug/m3', 'µg m-3', 'microgram m-3']),
  ...named('B', 'byte bytes'),
  ...named('B/s', ['byte s-1', 'byte/s', 'bytes/s']),
  ...named('kg', 'kg kilogram'),
  ...named('g', 'g gram'),
};

/** Symbols whose case matters, which the table in small letters would mix up. */
const EXACT: Readonly<Record<string, string>> = { mW: 'mW', MW: 'MW', MWh: 'MWh', J: 'J', l: 'L', L: 'L' };

/** The device class by the unit alone, where the unit is of one quantity. */
const BY_UNIT: Readonly<Record<string, string>> = {
  ...named('temperature', '°C °F'),
  ...named('voltage', 'V mV'),
  ...named('current', 'A mA'),
  ...named('power', 'mW W kW MW'),
  ...named('energy', 'Wh kWh MWh'),
  ...named('frequency', 'Hz'),
  ...named('illuminance', 'lx'),
  ...named('pressure', 'Pa hPa kPa mbar bar'),
  ...named('duration', 's min h d'),
  ...named('distance', 'm mm cm km'),
  ...named('irradiance', 'W/m²'),
  ...named('data_size', 'B'),
  ...named('data_rate', 'B/s'),
  ...named('weight', 'kg g'),
};

interface NamedClass {
  readonly name: RegExp;
  readonly units: readonly string[];
  readonly deviceClass: string;
}

/** The device class by the standard name of CF, with the units in which Home Assistant takes it; the first that fits. */
const BY_NAME: readonly NamedClass[] = [
  { name: /temperature$/, units: ['°C', '°F', 'K'], deviceClass: 'temperature' },
  { name: /^relative_humidity$/, units: ['%'], deviceClass: 'humidity' },
  {
    name: /^(air_pressure|surface_air_pressure|air_pressure_at_(mean_)?sea_level)/,
    units: ['Pa', 'hPa', 'kPa', 'mbar', 'bar'],
    deviceClass: 'atmospheric_pressure',
  },
  { name: /^wind_speed/, units: ['m/s', 'km/h'], deviceClass: 'wind_speed' },
  { name: /^wind_from_direction$/, units: ['°'], deviceClass: 'wind_direction' },
  { name: /(^|_)speed(_|$)/, units: ['m/s', 'km/h'], deviceClass: 'speed' },
  { name: /^mole_fraction_of_carbon_dioxide_in_air$/, units: ['ppm'], deviceClass: 'carbon_dioxide' },
  { name: /^mole_fraction_of_carbon_monoxide_in_air$/, units: ['ppm'], deviceClass: 'carbon_monoxide' },
  { name: /^mass_concentration_of_pm2p5_/, units: ['µg/m³'], deviceClass: 'pm25' },
  { name: /^mass_concentration_of_pm10_/, units: ['µg/m³'], deviceClass: 'pm10' },
  { name: /^mass_concentration_of_pm1_/, units: ['µg/m³'], deviceClass: 'pm1' },
  { name: /^mass_concentration_of_ozone_in_air$/, units: ['µg/m³'], deviceClass: 'ozone' },
  {
    name: /^mass_concentration_of_nitrogen_dioxide_in_air$/,
    units: ['µg/m³'],
    deviceClass: 'nitrogen_dioxide',
  },
  { name: /(rainfall|precipitation)_rate$/, units: ['mm/h'], deviceClass: 'precipitation_intensity' },
  {
    name: /^(thickness_of_rainfall|lwe_thickness_of_precipitation)_amount$/,
    units: ['mm', 'cm'],
    deviceClass: 'precipitation',
  },
];

/** Device classes whose values only grow, until a meter is replaced. */
const TOTALS = ['energy'];

/** Device classes that have no state class: a mean of directions is none. */
const WITHOUT_STATE = ['wind_direction'];

/** @param units as in the column's attributes; `standardName` of CF, if it has one */
export function entityClass(units: string, standardName: string | undefined): EntityClass {
  const written = units.trim();
  if (written === '1' || written === '') return { stateClass: 'measurement' };
  const unit = EXACT[written] ?? UNITS[written.toLowerCase()] ?? written;
  const byName = BY_NAME.find(({ name, units: fit }) => name.test(standardName ?? '') && fit.includes(unit));
  const deviceClass = byName?.deviceClass ?? BY_UNIT[unit];
  if (deviceClass === undefined) return { unit, stateClass: 'measurement' };
  if (WITHOUT_STATE.includes(deviceClass)) return { unit, deviceClass };
  return { unit, deviceClass, stateClass: TOTALS.includes(deviceClass) ? 'total_increasing' : 'measurement' };
}

function named(value: string, names: string | readonly string[]): Readonly<Record<string, string>> {
  const list = typeof names === 'string' ? names.split(' ') : names;
  return Object.fromEntries(list.map(name => [name, value]));
}
