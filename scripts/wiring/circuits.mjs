// Describes the circuits of the guide, with the default pins of each kind of sensor.

import { placeOf } from './header.mjs';

const SUPPLY = '#c62828';
const GROUND = '#263238';
const BLUE = '#1565c0';
const GREEN = '#2e7d32';
const ORANGE = '#ef6c00';
const TEAL = '#00838f';
const PURPLE = '#6a1b9a';

/** A TMP36 and a DS18B20, seen from the flat side, legs down. */
const tmp36 = x => ({ shape: 'to92', name: 'TMP36', x, pins: ['+Vs', 'Vout', 'GND'] });

/** @param kinds the kinds of sensors by their names */
export function circuits(kinds) {
  const { clock, data_out, data_in, select } = kinds.get('mcp3008').options.parse({});
  const { address } = kinds.get('ads1115').options.parse({});
  const gpio = pin => placeOf(`GPIO${pin}`);
  return [
    {
      file: 'ds18b20',
      title: 'A DS18B20 on 1-Wire',
      parts: [
        { shape: 'to92', name: 'DS18B20', x: 170, pins: ['GND', 'DQ', 'VDD'] },
        { shape: 'resistor', name: '4.7 kΩ', x: 330, pins: ['a', 'b'] },
      ],
      wires: [
        { place: 1, colour: SUPPLY, lane: 0, to: ['DS18B20 VDD', '4.7 kΩ b'] },
        { place: gpio(4), colour: BLUE, lane: 1, to: ['DS18B20 DQ', '4.7 kΩ a'] },
        { place: 9, colour: GROUND, lane: 2, to: ['DS18B20 GND'] },
      ],
    },
    {
      file: 'ads1115-tmp36',
      title: 'An ADS1115 on I2C, with a TMP36 at A0',
      parts: [
        {
          shape: 'board',
          name: `ADS1115, address 0x${address.toString(16)}`,
          x: 60,
          pins: ['VDD', 'GND', 'SCL', 'SDA', 'ADDR', 'ALRT', 'A0', 'A1', 'A2', 'A3'],
        },
        tmp36(480),
      ],
      wires: [
        { place: 1, colour: SUPPLY, lane: 0, to: ['ADS1115 VDD', 'TMP36 +Vs'] },
        { place: gpio(2), colour: BLUE, lane: 1, to: ['ADS1115 SDA'] },
        { place: gpio(3), colour: GREEN, lane: 2, to: ['ADS1115 SCL'] },
        { place: 9, colour: GROUND, lane: 3, to: ['ADS1115 GND', 'ADS1115 ADDR', 'TMP36 GND'] },
        { from: 'ADS1115 A0', colour: ORANGE, lane: 4, to: ['TMP36 Vout'] },
      ],
    },
    {
      file: 'mcp3008-tmp36',
      title: 'An MCP3008 at four GPIO lines, with a TMP36 at CH0',
      parts: [
        {
          shape: 'dip',
          name: 'MCP3008',
          x: 110,
          pins: ['DGND', 'CS', 'DIN', 'DOUT', 'CLK', 'AGND', 'VREF', 'VDD'],
          above: ['CH7', 'CH6', 'CH5', 'CH4', 'CH3', 'CH2', 'CH1', 'CH0'],
        },
        tmp36(500),
      ],
      wires: [
        { place: gpio(select), colour: PURPLE, lane: 3, to: ['MCP3008 CS'] },
        { place: gpio(data_in), colour: BLUE, lane: 2, to: ['MCP3008 DIN'] },
        { place: gpio(data_out), colour: GREEN, lane: 1, to: ['MCP3008 DOUT'] },
        { place: gpio(clock), colour: TEAL, lane: 0, to: ['MCP3008 CLK'] },
        { place: 1, colour: SUPPLY, lane: 4, to: ['MCP3008 VREF', 'MCP3008 VDD', 'TMP36 +Vs'] },
        { place: 6, colour: GROUND, lane: 5, to: ['MCP3008 DGND', 'MCP3008 AGND', 'TMP36 GND'] },
        { from: 'MCP3008 CH0', colour: ORANGE, lane: 6, by: 420, to: ['TMP36 Vout'] },
      ],
    },
  ];
}
