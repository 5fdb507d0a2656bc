import { describe, expect, it } from 'vitest';
import { SENSOR_KINDS } from '../../../device/index.ts';
import { loadConfig } from '../../../server/config/load.ts';
import { insteadOfKind } from '../../../server/config/mistakes/known-parts.ts';
import { problemLine } from '../../../server/config/text/problem.ts';

function problemsOf(text: string): readonly string[] {
  const loaded = loadConfig([{ name: 'c.yaml', content: text }]);
  return 'problems' in loaded ? loaded.problems.map(problemLine) : [];
}

const sensor = (lines: string) => `datasets:\n  a:\n    sensors:\n      - ${lines}\n`;

describe('a character that is not what it looks like', () => {
  it.each([
    [
      'a blank in a duration',
      'datasets:\n  a:\n    interval: 10\u00a0min\n    sensors: [{kind: host-load}]\n',
      'c.yaml:3:15: datasets.a.interval: ',
      'found "10\\u00a0min" with U+00A0 NO-BREAK SPACE at column 17',
    ],
    [
      'indentation',
      'server:\n\u00a0\u00a0port: 80\n',
      'c.yaml:2:1: ',
      'found "\\u00a0\\u00a0port" with U+00A0 NO-BREAK SPACE at column 1',
    ],
    [
      'the blank after a colon',
      'server:\n  port:\u00a080\n',
      'c.yaml:2:3: server: ',
      'with U+00A0 NO-BREAK SPACE at column 8',
    ],
    [
      'nothing to be seen in a key',
      'server:\n  po\u200brt: 80\n',
      'c.yaml:2:3: ',
      'found "po\\u200brt" with U+200B ZERO WIDTH SPACE at column 5; did you mean "port"?',
    ],
    [
      'a mark in the middle',
      'simulate: true\n\ufeffserver: {}\n',
      'c.yaml:2:1: ',
      'with U+FEFF ZERO WIDTH NO-BREAK SPACE at column 1',
    ],
    [
      'a minus',
      sensor('{kind: waveform, mean: \u22125}'),
      'c.yaml:4:32: ',
      'found "\u22125" with U+2212 MINUS SIGN at column 32',
    ],
    [
      'a dash in a kind',
      sensor('{kind: host\u2013load}'),
      'c.yaml:4:16: ',
      'with U+2013 EN DASH at column 20; did you mean "host-load"?',
    ],
    [
      'quotes',
      sensor('{kind: host-load, name: \u201cair\u201d}'),
      'c.yaml:4:33: ',
      'with U+201C LEFT DOUBLE QUOTATION MARK at column 33',
    ],
    [
      'a number and a blank',
      'server:\n  port: 80\u2009\n',
      'c.yaml:2:9: ',
      'found "80\\u2009" with U+2009 THIN SPACE at column 11',
    ],
    [
      'a letter of another alphabet',
      sensor('{kind: h\u043est-load}'),
      'c.yaml:4:16: ',
      'with U+043E, a Cyrillic letter at column 17; did you mean "host-load"?',
    ],
    [
      'an escape',
      sensor('{kind: "host-load\\u200b"}'),
      'c.yaml:4:16: ',
      'found "host-load\\u200b" with U+200B ZERO WIDTH SPACE;',
    ],
    [
      'a direction',
      'server:\n  \u202ehost: x\n',
      'c.yaml:2:3: ',
      'with U+202E RIGHT-TO-LEFT OVERRIDE at column 3',
    ],
    [
      'a wide colon',
      'server\uff1a\n  port: 80\n',
      'c.yaml:1:1: ',
      'with U+FF1A, a wide form of ":" at column 7',
    ],
    [
      'a line of another kind',
      'server:\n  port: 80\u2028  host: x\n',
      'c.yaml:2:9: ',
      'with U+2028 LINE SEPARATOR at column 11',
    ],
    [
      'a tab within a value',
      'server:\n  port: 8\t0\n',
      'c.yaml:2:9: ',
      'found "8\\t0" with U+0009 CHARACTER TABULATION at column 10',
    ],
  ])('is named with its column: %s', (_what, text, place, told) => {
    const problems = problemsOf(text);
    const problem = problems.find(line => line.includes(told));
    expect([problems, problem !== undefined]).toEqual([problems, true]);
    expect(problem?.startsWith(place)).toBe(true);
  });

  it('is left alone in texts for people', () => {
    expect(
      problemsOf(`datasets:\n  a:\n    title: “Garden” – 20\u00a0°C, Ωμ\n    sensors: [{kind: host-load}]\n`),
    ).toEqual([]);
  });
});

describe('a kind that there is not', () => {
  it.each([
    [
      'DHT22',
      'the kernel has a driver for it: put dtoverlay=dht11,gpiopin=4 into config.txt, restart, and use the kind iio',
    ],
    ['BME680', 'dtoverlay=i2c-sensor,bme680'],
    ['temp', 'use ds18b20 (1-Wire), lm75'],
    ['button', 'use gpio-input'],
    ['sht31', 'use sht3x'],
    ['bme820', 'did you mean "bme280"?'],
  ])('is told with what there is instead: %s', (kind, hint) => {
    const [problem] = problemsOf(sensor(`{kind: ${kind}}`));
    expect(problem).toMatch(/^c\.yaml:4:16: datasets\.a\.sensors\[0\]\.kind: expected one of /);
    expect(problem).toContain(`found "${kind}"`);
    expect(problem).toContain(hint);
  });

  it('is never one that there is, and only kinds are named in its place', () => {
    const kinds = SENSOR_KINDS.map(({ name }) => name);
    for (const kind of kinds) {
      expect(
        [kind, insteadOfKind(kind)],
        'server/config/mistakes/known-parts.ts has advice for what is a kind by now: remove it there',
      ).toEqual([kind, undefined]);
    }
    for (const word of [
      'temp',
      'cpu',
      'humidity',
      'pressure',
      'power',
      'pin',
      'net',
      'load',
      'csv',
      'sine',
      'adc',
      'tmp36',
      'throttled',
      'w1',
    ]) {
      const named = insteadOfKind(word)?.match(/[a-z]+[0-9a-z]*(?:-[a-z]+)*/g) ?? [];
      expect([word, named.some(name => kinds.includes(name))]).toEqual([word, true]);
    }
  });

  it.each([
    ['{kind: ads1115, inputs: [A0]}', 'found "A0"; did you mean "AIN0"?'],
    ['{kind: bme280, channels: {temp: {name: t}}}', 'found "temp"; did you mean "temperature"?'],
  ])('is not all that is found by a short name: %s', (entry, told) => {
    expect(problemsOf(sensor(entry)).join('\n')).toContain(told);
  });
});
