// Finds the device class, the unit and the state class of Home Assistant for a column, by its CF standard name and its units.

export interface EntityClass {
  /** In the spelling of Home Assistant; undefined for a number without a unit. */
  readonly unit?: string;
  /** Undefined where Home Assistant has none for the quantity, or not in this unit. */
  readonly deviceClass?: string;
  readonly stateClass?: 'measurement' | 'total_increasing';
}

/**
 * The units of Home Assistant by the symbols of UDUNITS, whose case tells mV from MV and s (second) from S (siemens). Units and classes are
 * those of home-assistant/core at commit 3fd1a330 (homeassistant/components/sensor/const.py: DEVICE_CLASS_UNITS, DEVICE_CLASS_STATE_CLASSES).
 * Later versions write the Greek letter U+03BC in place of the micro sign U+00B5, and take both.
 */
const SYMBOLS: Readonly<Record<string, string>> = {
  ...themselves('% K ppm ppb V mV kV A mA W mW kW MW Wh kWh MWh J Hz kHz MHz GHz lx Pa hPa kPa mbar bar dBm'),
  ...themselves('s ms min h d m mm cm km m/s km/h mm/h mm/d kg g mg L °C °F °'),
  ...named('°C', 'degC deg_C'),
  ...named('°F', 'degF deg_F'),
  ...named('ppm', '1e-6'),
  ...named('ppb', '1e-9'),
  ...named('µV', 'uV µV'),
  ...named('Hz', 's-1'),
  ...named('L', 'l'),
  ...named('m/s', ['m s-1', 'm s^-1', 'm.s-1']),
  ...named('km/h', ['km h-1', 'km hour-1']),
  ...named('mm/h', ['mm h-1', 'mm hour-1']),
  ...named('mm/d', ['mm d-1', 'mm day-1']),
  ...named('W/m²', ['W m-2', 'W/m2', 'W/m^2', 'W m^-2']),
  ...named('µg/m³', ['ug m-3', 'ug/m3', 'µg m-3', 'µg/m3', 'ug m^-3']),
};

/** The same by names, in any case. */
const NAMES: Readonly<Record<string, string>> = {
  ...named('°C', 'degree_celsius degrees_celsius celsius'),
  ...named('°F', 'degree_fahrenheit degrees_fahrenheit fahrenheit'),
  ...named('K', 'kelvin'),
  ...named('%', 'percent'),
  ...named('°', 'degree degrees degree_true'),
  ...named('V', 'volt volts'),
  ...named('mV', 'millivolt millivolts'),
  ...named('A', 'ampere amperes'),
  ...named('mA', 'milliampere milliamperes'),
  ...named('W', 'watt watts'),
  ...named('kW', 'kilowatt kilowatts'),
  ...named('Wh', 'watthour watthours'),
  ...named('kWh', 'kilowatthour kilowatthours'),
  ...named('Hz', 'hertz'),
  ...named('lx', 'lux'),
  ...named('Pa', 'pascal pascals'),
  ...named('hPa', 'hectopascal hectopascals'),
  ...named('kPa', 'kilopascal kilopascals'),
  ...named('mbar', 'millibar millibars'),
  ...named('s', 'second seconds sec'),
  ...named('min', 'minute minutes'),
  ...named('h', 'hour hours hr'),
  ...named('d', 'day days'),
  ...named('m', 'meter metre meters metres'),
  ...named('mm', 'millimeter millimetre millimeters millimetres'),
  ...named('cm', 'centimeter centimetre centimeters centimetres'),
  ...named('km', 'kilometer kilometre kilometers kilometres'),
  ...named('m/s', ['meter second-1', 'metre second-1']),
  ...named('W/m²', ['watt m-2', 'watt meter-2']),
  ...named('µg/m³', ['microgram m-3']),
  ...named('B', 'byte bytes'),
  ...named('B/s', ['byte s-1', 'byte/s', 'bytes/s']),
  ...named('kg', 'kilogram kilograms'),
  ...named('g', 'gram grams'),
};

/** The device class by the unit alone, where the unit is of one quantity. */
const BY_UNIT: Readonly<Record<string, string>> = {
  ...named('temperature', '°C °F'),
  ...named('voltage', 'µV mV V kV'),
  ...named('current', 'A mA'),
  ...named('power', 'mW W kW MW'),
  ...named('energy', 'Wh kWh MWh'),
  ...named('frequency', 'Hz kHz MHz GHz'),
  ...named('illuminance', 'lx'),
  ...named('pressure', 'Pa hPa kPa mbar bar'),
  ...named('duration', 'ms s min h d'),
  ...named('distance', 'm mm cm km'),
  ...named('irradiance', 'W/m²'),
  ...named('data_size', 'B'),
  ...named('data_rate', 'B/s'),
  ...named('weight', 'kg g mg'),
  ...named('signal_strength', 'dBm'),
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
  { name: /(rainfall|precipitation)_rate$/, units: ['mm/h', 'mm/d'], deviceClass: 'precipitation_intensity' },
  {
    name: /^(thickness_of_rainfall|lwe_thickness_of_precipitation)_amount$/,
    units: ['mm', 'cm'],
    deviceClass: 'precipitation',
  },
];

/** Device classes whose values only grow, until a meter is replaced. */
const TOTALS = ['energy'];

/** Device classes without a state class: a mean of directions is none. Only newer versions have one for angles. */
const WITHOUT_STATE = ['wind_direction'];

/** @param units as in the column's attributes; `standardName` of CF, if it has one */
export function entityClass(units: string, standardName: string | undefined): EntityClass {
  const written = units.trim();
  if (written === '1' || written === '') return { stateClass: 'measurement' };
  const unit = SYMBOLS[written] ?? NAMES[written.toLowerCase()] ?? written;
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

function themselves(symbols: string): Readonly<Record<string, string>> {
  return Object.fromEntries(symbols.split(' ').map(symbol => [symbol, symbol]));
}
