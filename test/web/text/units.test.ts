import { expect, it } from 'vitest';
import { prettyUnits } from '../../../web/text/units.ts';

it.each([
  ['degree_Celsius', '°C'],
  ['degC', '°C'],
  ['Celsius', '°C'],
  ['K', 'K'],
  ['kelvin', 'K'],
  ['percent', '%'],
  ['%', '%'],
  ['1', ''],
  ['', ''],
  [undefined, ''],
  ['mV', 'mV'],
  ['hPa', 'hPa'],
  ['byte s-1', 'byte/s'],
  ['m s-1', 'm/s'],
  ['m.s-1', 'm/s'],
  ['m s-2', 'm/s²'],
  ['W m-2', 'W/m²'],
  ['kg m-3', 'kg/m³'],
  ['m3', 'm³'],
  ['m^2', 'm²'],
  ['J kg-1 K-1', 'J kg⁻¹ K⁻¹'],
  ['s-1', 's⁻¹'],
  ['umol m-2 s-1', 'µmol m⁻² s⁻¹'],
  ['uV', 'µV'],
  ['ohm', 'Ω'],
  ['lux', 'lx'],
  ['radian s-1', 'rad/s'],
  ['degrees_north', '°N'],
  ['m/s', 'm/s'],
  ['furlongs', 'furlongs'],
])('%s is written %s', (units, pretty) => {
  expect(prettyUnits(units)).toBe(pretty);
});
