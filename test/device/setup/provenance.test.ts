import { describe, expect, it } from 'vitest';
import { provenanceOf, SENSOR_KINDS } from '../../../device/index.ts';

const kindNamed = (name: string) => SENSOR_KINDS.find(kind => kind.name === name)!;

describe('where the values of a kind come from', () => {
  it.each([
    ['ds18b20', 'sensor'],
    ['bme280', 'sensor'],
    ['hwmon', 'sensor'],
    ['host-load', 'machine'],
    ['host-cpu', 'machine'],
    ['host-network', 'machine'],
    ['thermal', 'machine'],
    ['pi-throttled', 'machine'],
    ['replay', 'recording'],
    ['tmp36-simulated', 'simulation'],
    ['waveform', 'simulation'],
  ])('%s: %s', (name, provenance) => {
    expect(provenanceOf({ kind: kindNamed(name) }, false)).toBe(provenance);
  });

  it('is a simulation for all that is simulated, and never for a recording', () => {
    for (const kind of SENSOR_KINDS) {
      expect([kind.name, provenanceOf({ kind }, true)]).toEqual([
        kind.name,
        kind.name === 'replay' ? 'recording' : 'simulation',
      ]);
    }
  });

  it('is a sensor for a driver, whatever it needs', () => {
    expect(provenanceOf({ kind: kindNamed('waveform'), driver: 'mine.mjs' }, false)).toBe('sensor');
  });
});
