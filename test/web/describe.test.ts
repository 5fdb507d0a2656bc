import { describe, expect, it } from 'vitest';
import { parseDas, parseDds } from '../../dap/index.ts';
import { describeDataset, groupByUnit } from '../../web/describe.ts';

const DDS = parseDds(`Dataset {
    Sequence {
        Float64 time;
        Float64 voltage;
        Float32 temperature;
        Float64 inside;
        Int32 count;
        String note;
    } sensor;
} station;`);

const DAS = parseDas(`Attributes {
    NC_GLOBAL {
        String title "Roof";
        String institution "Garden";
        String time_coverage_resolution "PT0.5S";
    }
    sensor {
        time { String units "seconds since 1970-01-01T00:00:00Z"; }
        voltage { String units "mV"; String long_name "Output"; Float64 _FillValue NaN; }
        temperature { String units "degree_Celsius"; Float32 missing_value -999; }
        inside { String units "degC"; String long_name "Inside"; }
        count { String units "1"; Int32 _FillValue -1; Float64 scale_factor 0.5; Float64 add_offset 10; }
    }
}`);

describe('what a dataset holds', () => {
  const described = describeDataset(DDS, DAS);

  it('is named by its global attributes', () => {
    expect(described).toMatchObject({
      title: 'Roof',
      institution: 'Garden',
      interval: 0.5,
      sequence: 'sensor',
      amongOthers: false,
    });
    expect(describeDataset(DDS, new Map())).toMatchObject({
      title: 'station',
      institution: '',
      interval: undefined,
    });
  });

  it('has the time column apart from the others', () => {
    expect(described.time).toEqual({ name: 'time', units: { millis: 1000, epoch: 0 }, absolute: true });
    expect(described.channels.map(({ name }) => name)).toEqual([
      'voltage',
      'temperature',
      'inside',
      'count',
      'note',
    ]);
  });

  it('has channels with the names and units that people know', () => {
    expect(described.channels.map(({ label, unit, kind }) => [label, unit, kind])).toEqual([
      ['Output', 'mV', 'real'],
      ['temperature', '°C', 'real'],
      ['Inside', '°C', 'real'],
      ['count', '', 'real'],
      ['note', '', 'text'],
    ]);
  });

  it('tells columns apart that are called the same, as those of two thermometers of one kind', () => {
    const das = parseDas(`Attributes { sensor {
        voltage { String long_name "Temperature"; }
        temperature { String long_name "Temperature"; }
        inside { String long_name "Inside"; }
    } }`);
    expect(describeDataset(DDS, das).channels.map(({ label }) => label)).toEqual([
      'Temperature (voltage)',
      'Temperature (temperature)',
      'Inside',
      'count',
      'note',
    ]);
  });

  it('knows what stands for no value, and how values are packed', () => {
    const [voltage, temperature, , count] = described.channels;
    expect(voltage).toMatchObject({ missing: [], scale: 1, offset: 0 });
    expect(temperature).toMatchObject({ missing: [-999] });
    expect(count).toMatchObject({ missing: [-1], scale: 0.5, offset: 10 });
  });

  it('is drawn in one chart a unit, text in none', () => {
    const groups = groupByUnit(described.channels);
    expect(groups.map(({ unit, channels }) => [unit, channels.map(({ name }) => name)])).toEqual([
      ['mV', ['voltage']],
      ['°C', ['temperature', 'inside']],
      ['', ['count']],
    ]);
  });
});

describe('the time column', () => {
  const sequence = (fields: string, das = '') =>
    describeDataset(
      parseDds(`Dataset { Sequence { ${fields} } s; } d;`),
      parseDas(`Attributes { s { ${das} } }`),
    ).time;

  it('may have any name where its units name a moment', () => {
    const time = sequence('Float64 t; Float64 when;', 'when { String units "days since 2000-01-01"; }');
    expect(time).toMatchObject({ name: 'when', absolute: true, units: { millis: 86_400_000 } });
  });

  it('counts seconds since 1970 where it is called time and says nothing else', () => {
    expect(sequence('Float64 x; Float64 Time;')).toMatchObject({
      name: 'Time',
      absolute: true,
      units: { millis: 1000, epoch: 0 },
    });
  });

  it('counts from an unknown moment where its units are a length of time alone', () => {
    expect(sequence('Int32 time;', 'time { String units "ms"; }')).toMatchObject({
      absolute: false,
      units: { millis: 1 },
    });
  });

  it('may be missing, and is never text', () => {
    expect(sequence('Float64 x; String time;')).toBeUndefined();
  });
});

describe('a dataset', () => {
  it('with more than one Sequence is shown by the one that tells the time', () => {
    const dataset = parseDds(
      'Dataset { Int32 n; Sequence { Float64 x; } a; Sequence { Float64 time; Float64 y; } b; } d;',
    );
    expect(describeDataset(dataset, new Map())).toMatchObject({ sequence: 'b', amongOthers: true });
  });

  it('without a Sequence is refused with what it holds', () => {
    const dataset = parseDds('Dataset { Float64 x[x = 3]; } grid;');
    expect(() => describeDataset(dataset, new Map())).toThrow(
      'Expected a Sequence in dataset grid, found Array x',
    );
  });

  it('may name its attributes with dots', () => {
    const dataset = parseDds('Dataset { Sequence { Float64 time; Float64 y; } b; } d;');
    const attributes = parseDas('Attributes { b.y { String units "mV"; } }');
    expect(describeDataset(dataset, attributes).channels[0]?.unit).toBe('mV');
  });
});
