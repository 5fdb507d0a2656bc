import { describe, expect, it } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { describeDataset, groupByUnit } from '../../../web/stream/describe.ts';
import { growth } from '../../processor-time.ts';

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
    expect(described.time).toMatchObject({
      name: 'time',
      units: { millis: 1000, epoch: 0 },
      absolute: true,
    });
    expect(described.columns.map(({ name }) => name)).toEqual([
      'voltage',
      'temperature',
      'inside',
      'count',
      'note',
    ]);
  });

  it('has columns with the names and units that people know', () => {
    expect(described.columns.map(({ label, unit, kind }) => [label, unit, kind])).toEqual([
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
    expect(describeDataset(DDS, das).columns.map(({ label }) => label)).toEqual([
      'Temperature (voltage)',
      'Temperature (temperature)',
      'Inside',
      'count',
      'note',
    ]);
  });

  it.each([
    ['the beginnings of their names', 'fridge_temperature', 'cold_room_temperature', '', ''],
    [
      'the names of their sensors',
      'a',
      'b',
      'String sensor_name "fridge";',
      'String sensor_name "cold_room";',
    ],
  ])('tells columns apart by %s', (_, first, second, ofFirst, ofSecond) => {
    const dds = parseDds(`Dataset { Sequence { Float64 time; Float64 ${first}; Float64 ${second}; } s; } d;`);
    const das = parseDas(`Attributes { s {
        ${first} { String long_name "Temperature"; ${ofFirst} }
        ${second} { String long_name "Temperature"; ${ofSecond} }
    } }`);
    expect(describeDataset(dds, das).columns.map(({ label }) => label)).toEqual([
      'fridge · Temperature',
      'cold_room · Temperature',
    ]);
  });

  it('names the sensor of a column once, also where no other is called the same', () => {
    const das = parseDas(`Attributes { sensor {
        voltage { String long_name "Output"; String sensor_name "probe"; }
        temperature { String long_name "Cold room temperature"; String sensor_name "cold_room"; }
    } }`);
    const labels = describeDataset(DDS, das).columns.map(({ label }) => label);
    expect(labels.slice(0, 2)).toEqual(['probe · Output', 'Cold room temperature']);
  });

  it('knows the step between two values where the dataset states it', () => {
    const das = parseDas(`Attributes { sensor {
        voltage { Float64 resolution 0.0625; }
        temperature { String resolution "fine"; }
        inside { Float64 resolution 0; }
    } }`);
    const steps = describeDataset(DDS, das).columns.map(({ resolution }) => resolution);
    expect(steps.slice(0, 3)).toEqual([0.0625, undefined, undefined]);
  });

  it('knows what stands for no value, and how values are packed', () => {
    const [voltage, temperature, , count] = described.columns;
    expect([0, Number.NaN].map(stored => voltage!.meaning!.valueOf(stored))).toEqual([0, Number.NaN]);
    expect([1, -999].map(stored => temperature!.meaning!.valueOf(stored))).toEqual([1, Number.NaN]);
    expect([4, -1].map(stored => count!.meaning!.valueOf(stored))).toEqual([12, Number.NaN]);
  });

  it('has limits in the units of its values, also where these are packed in whole numbers', () => {
    const limits = 'Float64 warn_above 30.5; Float64 alarm_below -1.25;';
    const das = `Attributes { s { packed { Float64 scale_factor 0.01; ${limits} } whole { ${limits} } } }`;
    const dds = 'Dataset { Sequence { Float64 time; Int16 packed; Int16 whole; } s; } d;';
    const { columns } = describeDataset(parseDds(dds), parseDas(das));
    expect(columns.map(column => column.limits)).toEqual([
      { warn: { above: 30.5 }, alarm: { below: -1.25 } },
      { warn: { above: 30 }, alarm: { below: -1 } },
    ]);
  });

  it('is drawn in one chart a unit, text in none', () => {
    const groups = groupByUnit(described.columns);
    expect(groups.map(({ unit, columns }) => [unit, columns.map(({ name }) => name)])).toEqual([
      ['mV', ['voltage']],
      ['°C', ['temperature', 'inside']],
      ['', ['count']],
    ]);
  });
});

describe('labels', () => {
  it('are told apart among thousands of columns, in time that grows with their number', () => {
    const prepare = (columns: number) => {
      const fields = Array.from({ length: columns }, (_, i) => `Float32 c${i};`).join(' ');
      const names = Array.from({ length: columns }, (_, i) => `c${i} { String long_name "Same"; }`).join(' ');
      const dataset = parseDds(`Dataset { Sequence { Float64 time; ${fields} } s; } d;`);
      return { columns, dataset, attributes: parseDas(`Attributes { s { ${names} } }`) };
    };
    const grown = growth([2500, 40_000], prepare, ({ columns, dataset, attributes }) => {
      const described = describeDataset(dataset, attributes);
      expect(described.columns[columns - 1]!.label).toBe(`Same (c${columns - 1})`);
    });
    // In quadratic time it would be 256.
    expect(grown).toBeLessThan(80);
  });

  it('and units of megabytes are cut, and cost no time', () => {
    const long = `s since ${' '.repeat(3_000_000)}x`;
    const das = parseDas(
      `Attributes { sensor { voltage { String units "${long}"; String long_name "${long}"; } } }`,
    );
    const [voltage] = describeDataset(DDS, das).columns;
    expect(voltage!.label.length).toBeLessThan(250);
    expect(voltage!.unit.length).toBeLessThan(250);
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

  it('may be packed, and have times that are none', () => {
    const { time } = describeDataset(
      parseDds('Dataset { Sequence { Int16 time; Float64 x; } s; } d;'),
      parseDas(`Attributes { s { time {
        String units "hours since 1970-01-01"; Float64 scale_factor 0.5; Float64 add_offset 24; Int16 _FillValue -1;
      } } }`),
    );
    expect(time).toMatchObject({ units: { millis: 1_800_000, epoch: 86_400_000 } });
    expect([-1, 2].map(stored => time!.meaning!.isMissing(stored))).toEqual([true, false]);
  });

  it.each(['months', 'years', 'weeks'])('may count %s', unit => {
    expect(sequence('Float64 time;', `time { String units "${unit} since 1960-01-01"; }`)).toMatchObject({
      absolute: true,
      units: { epoch: Date.UTC(1960, 0) },
    });
  });

  it.each(['fortnights of rain since 1960-01-01', 'mV', 'seconds since yesterday', 'steps'])(
    'is an ordinary column in units such as %j',
    units => {
      expect(sequence('Float64 time;', `time { String units "${units}"; }`)).toBeUndefined();
    },
  );

  it.each(['360_day', 'noleap', 'julian'])('counts from no date of ours in the calendar %s', calendar => {
    const das = `time { String units "days since 1960-01-01"; String calendar "${calendar}"; }`;
    expect(sequence('Float64 time;', das)).toMatchObject({
      absolute: false,
      units: { millis: 86_400_000, epoch: 0 },
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
    expect(describeDataset(dataset, attributes).columns[0]?.unit).toBe('mV');
  });
});
