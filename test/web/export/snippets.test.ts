import { describe, expect, it } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { snippetsOf } from '../../../web/export/snippets.ts';
import { describeDataset } from '../../../web/stream/describe.ts';

const description = {
  ...describeDataset(
    parseDds('Dataset { Sequence { Float64 time; Float64 air; Float64 hum; } s; } d;'),
    parseDas('Attributes { s { time { String units "seconds since 1970-01-01"; } } }'),
  ),
  title: 'The "roof" & more',
};
const stretch = { from: 1_795_867_200_000, to: 1_795_867_800_000 };
const view = { shown: { window: 600_000 }, stretch, page: 'http://pi:8080/?d=roof#window=600' };
const roof = {
  address: { base: 'http://pi:8080/roof', constraint: '' },
  description,
  columns: ['air', 'hum'],
  hasCsv: true,
};
const named = (name: string, dataset: typeof roof = roof, other = {}) =>
  snippetsOf(dataset, { ...view, ...other }).find(snippet => snippet.name === name)?.text;

describe('lines to paste', () => {
  it('show the view in an element', () => {
    expect(named('Element')).toBe(
      '<script type="module" src="http://pi:8080/dapberry-chart.js"></script>\n' +
        '<dapberry-chart src="http://pi:8080/roof" window="600" height="320"></dapberry-chart>',
    );
    expect(named('Element', { ...roof, columns: ['hum'] }, { shown: stretch })).toContain(
      '<dapberry-chart src="http://pi:8080/roof" columns="hum" from="2026-11-28T12:00:00Z" to="2026-11-28T12:10:00Z"',
    );
    const elsewhere = { ...roof, address: { base: 'http://b/c', constraint: 'time,air&air>"3"' } };
    expect(named('Element', elsewhere)).toContain('src="http://b/c?time,air&amp;air>&quot;3&quot;"');
  });

  it('show the view in a frame', () => {
    expect(named('Frame')).toBe(
      '<iframe src="http://pi:8080/embed.html?d=roof&amp;window=600" title="The &quot;roof&quot; &amp; more" width="800" height="400"></iframe>',
    );
    const elsewhere = { ...roof, address: { base: 'http://b/c', constraint: '' }, columns: ['hum'] };
    expect(named('Frame', elsewhere)).toContain(
      'src="http://pi:8080/embed.html?url=http%3A%2F%2Fb%2Fc#cols=hum&amp;window=600"',
    );
  });

  it('fetch the rows of the window, which end', () => {
    expect(named('curl')).toBe(
      "curl -o roof_20261128T120000Z_20261128T121000Z.csv 'http://pi:8080/past/roof.csv?&s.time%3E=1795867200&s.time%3C1795867800'",
    );
    expect(named('xarray')).toBe(
      "import xarray; print(xarray.open_dataset('http://pi:8080/roof/2026-11-28T12:00:00Z..2026-11-28T12:10:00Z'))",
    );
  });

  it('run no code that the address of a dataset holds', () => {
    // A link to the page may name any server, and URLs leave single quotes as they are.
    const base = "http://evil/x');__import__('os').system('id');print('";
    expect(new URL(base).href).toBe(base);
    const crafted = { ...roof, address: { base, constraint: '' } };
    expect(named('xarray', crafted)).toBe(
      'import xarray; print(xarray.open_dataset(' +
        "'http://evil/x%27);__import__(%27os%27).system(%27id%27);print(%27/2026-11-28T12:00:00Z..2026-11-28T12:10:00Z'))",
    );
  });

  it('take the text that every server has from one without CSV', () => {
    expect(named('curl', { ...roof, hasCsv: false })).toContain(
      "curl -o roof_20261128T120000Z_20261128T121000Z.txt 'http://pi:8080/roof.asc?&s.time",
    );
    expect(named('xarray', { ...roof, hasCsv: false })).toBeUndefined();
  });
});
