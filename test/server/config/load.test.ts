import { describe, expect, it } from 'vitest';
import { bytesOf, secondsOf } from '../../../device/written-options.ts';
import { type Config, type Overrides, sensorsOf } from '../../../server/config/config.ts';
import { loadConfig } from '../../../server/config/load.ts';
import type { ConfigSource } from '../../../server/config/text/config-source.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import { KINDS } from './probe-kind.ts';

const SENSORS = 'sensors:\n  - kind: host-load\n';

function load(sources: readonly ConfigSource[], overrides: Overrides = {}): Config {
  const loaded = loadConfig(sources, { kinds: KINDS, overrides });
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  return loaded.config;
}

function problems(sources: readonly ConfigSource[], overrides: Overrides = {}): readonly string[] {
  const loaded = loadConfig(sources, { kinds: KINDS, overrides });
  return 'problems' in loaded ? loaded.problems.map(problemLine) : [];
}

const main = (content: string): ConfigSource => ({ name: 'config.yaml', content });
const file = (dataset: string, content: string): ConfigSource => ({
  name: `config.d/${dataset}.yaml`,
  content,
  dataset,
});

const every = (interval: number) => ({ kind: 'scheduled', interval });

describe('a configuration', () => {
  it('may be about the server alone; everything else is as usual', () => {
    const config = load([main('server: {port: 80, readerTimeout: 2 min}')]);
    expect(config).toMatchObject({ simulate: false, seed: 2013, datasets: [] });
    expect(config.server).toMatchObject({ port: 80, readerTimeout: 120, maxStreams: 2000 });
    expect(config.server.cors.origins).toEqual(['*']);
    expect(config.server.trustProxy).toEqual(['loopback']);
    expect(load([main('server: {trustProxy: false}')]).server.trustProxy).toEqual([]);
    const proxies = 'server: {trustProxy: [10.0.0.7, fd00::/8], maxConnections: 9}';
    expect(load([main(proxies)]).server).toMatchObject({
      trustProxy: ['10.0.0.7', 'fd00::/8'],
      maxConnections: 9,
    });
  });

  it('has a history for each dataset, of its own keys, those of the whole file and the command line', () => {
    const text = `history: {path: /rows, keep: 5 y, size: 2 GiB}
datasets:
  a: {sensors: [{kind: host-load}]}
  b: {history: {path: /mnt/usb, flush: 1 h}, sensors: [{kind: host-cpu}]}
  c: {history: off, sensors: [{kind: host-load}]}
  d: {interval: 0, sensors: [{kind: host-cpu}]}
`;
    const histories = (content: string, overrides: Overrides = {}) =>
      load([main(content)], overrides).datasets.map(({ history }) => history);
    const usual = { flush: 600, keep: 157_788_000, size: 2_147_483_648 };
    expect(histories(text)).toEqual([
      { path: '/rows', ...usual },
      { ...usual, path: '/mnt/usb', flush: 3600 },
      undefined,
      undefined,
    ]);
    expect(histories(text, { history: './x' }).map(history => history?.path)).toEqual([
      './x',
      './x',
      undefined,
      undefined,
    ]);
    expect(histories(text, { history: false })).toEqual([undefined, undefined, undefined, undefined]);
    const off = text.replace(/^history.*/, 'history: off').replace('off, sensors', 'on, sensors');
    expect(histories(off, { history: '/y' }).map(history => history?.path)).toEqual([
      '/y',
      '/y',
      '/y',
      undefined,
    ]);
  });

  it('has a history in the usual folder, unless it is off', () => {
    const ofService = (content: string) => {
      const loaded = loadConfig([main(`${content}\ndatasets: {a: {sensors: [{kind: host-load}]}}`)], {
        historyPath: '/var/lib/dapberry/history',
      });
      return 'config' in loaded ? loaded.config.datasets[0]?.history?.path : undefined;
    };
    expect(['', 'history: on', 'history: {keep: 90 d}', 'history: true'].map(ofService)).toEqual(
      Array(4).fill('/var/lib/dapberry/history'),
    );
    expect(['history: off', 'history: false'].map(ofService)).toEqual([undefined, undefined]);
  });

  it('keeps the rows of an hour in memory beside a history, and of a day without one, unless it says otherwise', () => {
    const ages = (keys: string) =>
      load([
        main(`history: {path: /rows}\ndatasets:\n  a: {${keys}sensors: [{kind: host-load}]}\n`),
      ]).datasets.map(({ log }) => log);
    expect(ages('')).toEqual([{ rows: 2_073_600, bytes: 33_554_432, age: 3600 }]);
    expect(ages('history: off, ')).toMatchObject([{ age: 86_400 }]);
    expect(ages('interval: 0, ')).toMatchObject([{ age: 86_400 }]);
    expect(ages('log: {age: 2 d}, ')).toMatchObject([{ age: 172_800 }]);
    expect(ages('log: {rows: 5}, ')).toMatchObject([{ rows: 5, age: 3600 }]);
  });

  it('says that it asks for a history without a folder', () => {
    const remarks = (content: string) => {
      const loaded = loadConfig([main(`${content}\ndatasets: {a: {sensors: [{kind: host-load}]}}`)]);
      return 'remarks' in loaded ? loaded.remarks : loaded.problems.map(problemLine);
    };
    const said =
      'dataset a has no history: expected a folder for it, found none: set history.path, or start the server with --history DIR';
    expect(['history: on', 'history: {keep: 90 d}'].map(remarks)).toEqual([[said], [said]]);
    expect(['', 'history: off'].map(remarks)).toEqual([[], []]);
  });

  it('has its datasets in the order of the file, then those that have files of their own', () => {
    const text = 'datasets:\n  b: {sensors: [{kind: host-load}]}\n  a: {sensors: [{kind: host-cpu}]}\n';
    const { datasets } = load([main(text), file('c', SENSORS), file('d', `interval: 2 s\n${SENSORS}`)]);
    expect(datasets.map(({ info, source }) => [info.name, source.delivery])).toEqual([
      ['b', every(1)],
      ['a', every(1)],
      ['c', every(1)],
      ['d', every(2)],
    ]);
  });

  it('gives way to the command line', () => {
    const { server, datasets, ...rest } = load(
      [main('server: {port: 80}'), file('c', `interval: 9\n${SENSORS}`)],
      {
        ...{ port: 81, host: '::1', interval: 0.5, simulate: true, seed: 7 },
      },
    );
    expect([server.port, server.host, datasets[0]!.source.delivery]).toEqual([81, '::1', every(0.5)]);
    expect(rest).toEqual({ simulate: true, seed: 7 });
  });

  it('is the same data when it is read again', () => {
    const sources = [main('seed: 3'), file('c', SENSORS)];
    expect(load(sources)).toEqual(load(sources));
  });

  it('numbers sensors of one kind that have no names but columns of different names', () => {
    const { datasets } = load([
      file(
        'c',
        'sensors:\n  - kind: thermal\n  - kind: thermal\n    channels: {temperature: {name: other}}\n',
      ),
    ]);
    expect(sensorsOf(datasets[0]!).map(({ name }) => name)).toEqual(['thermal', 'thermal-2']);
  });
});

describe('what is wrong in several files', () => {
  it('is told by file, also where one is no YAML at all', () => {
    expect(problems([main('server: ['), file('c', 'sensors: 1\n'), file('2', SENSORS)])).toEqual([
      'config.yaml:1:10: expected a closing "]", found the end of the line',
      'config.d/c.yaml:1:10: datasets.c.sensors: expected a list of one entry or more, found 1; write it as a list, in [ ]',
      'config.d/2.yaml:1:1: expected a file named after its dataset: a name of at most 64 letters, digits, _ and -, not beginning with a digit, found "2"',
    ]);
  });

  it('is told where it lies between them: names and addresses', () => {
    const probe = 'sensors:\n  - {kind: probe, address: 72}\n';
    const text = `datasets:\n  c:\n    ${probe.replaceAll('\n', '\n    ')}\n`;
    expect(problems([main(text), file('c', SENSORS), file('e', probe), file('metrics', SENSORS)])).toEqual([
      'config.d/c.yaml:1:1: datasets.c: expected a name that no other dataset has, found "c", which datasets.c (config.yaml:2) has too',
      'config.d/e.yaml:2:5: datasets.e.sensors[0]: expected an address or a pin that no other sensor uses, found i2c-1:0x48, which datasets.c.sensors[0] (config.yaml:4) has too',
      'config.d/metrics.yaml:1:1: datasets.metrics: expected a name that the server does not use for an address of its own, found "metrics"',
    ]);
  });

  it('is told of the command line where that asks for too much', () => {
    const sources = [file('c', 'interval: 5\nsensors:\n  - {kind: probe, address: 72}\n')];
    expect(problems(sources)).toEqual([]);
    expect(problems(sources, { interval: 0.1 })).toEqual([
      '--interval: expected 0.75 seconds or more, the time of a reading of probe, found 0.1; to make rows faster than its readings, give the sensor "between: nan" or "between: hold"',
    ]);
    expect(problems(sources, { interval: 0 })).toEqual([]);
    expect(problems(sources, { simulate: true })).toEqual([
      'config.d/c.yaml:3:12: datasets.c.sensors[0].kind: expected a kind that can be simulated, since simulate is true, found probe',
    ]);
  });
});

describe('quantities', () => {
  it.each([
    ['5 y', 157_788_000],
    ['1 year', 31_557_600],
    ['500 ms', 0.5],
    ['3ms', 0.003],
    ['10 s', 10],
    ['1.5 min', 90],
    ['2 hours', 7200],
    ['1 day', 86_400],
    ['1 d', 86_400],
    ['10', undefined],
    ['-1 s', undefined],
    ['1 month', undefined],
    ['1e3 s', undefined],
  ])('%s is a duration of %s s', (text, seconds) => expect(secondsOf(text)).toBe(seconds));

  it.each([
    ['32 MB', 32e6],
    ['32 MiB', 33_554_432],
    ['1.5 kB', 1500],
    ['100B', 100],
    ['2 GiB', 2_147_483_648],
    ['1 TiB', 1_099_511_627_776],
    ['1 TB', 1e12],
    ['32 Mb', undefined],
    ['MB', undefined],
  ])('%s is a size of %s bytes', (text, bytes) => expect(bytesOf(text)).toBe(bytes));
});
