// Tests which sinks a configuration gives each dataset, and the messages about mistakes in them.

import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../server/config/load.ts';
import { problemLine } from '../../../server/config/text/problem.ts';

const SENSORS = 'sensors: [{kind: tmp36-simulated}]';

function load(text: string, files: Readonly<Record<string, string>> = {}) {
  const more = Object.entries(files).map(([dataset, content]) => ({
    name: `${dataset}.yaml`,
    content,
    dataset,
  }));
  return loadConfig([{ name: 'config.yaml', content: text }, ...more]);
}

/** The sinks by the names of the datasets. */
function sinks(text: string, files: Readonly<Record<string, string>> = {}) {
  const loaded = load(text, files);
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  return Object.fromEntries(
    loaded.config.datasets.map(({ info, publish }) => [info.name, publish?.['mqtt'] as object | undefined]),
  );
}

function problems(text: string): readonly string[] {
  const loaded = load(text);
  return 'problems' in loaded ? loaded.problems.map(problemLine) : [];
}

describe('the key publish', () => {
  it('sends the rows of every dataset, each to a topic of its own', () => {
    const found = sinks(
      `publish: {mqtt: {url: mqtt://broker}}\ndatasets: {a: {${SENSORS}}, b: {${SENSORS}}}`,
      { c: SENSORS },
    );
    const usual = {
      url: 'mqtt://broker',
      qos: 0,
      retain: false,
      values: true,
      discovery: 'off',
      discoveryPrefix: 'homeassistant',
    };
    const host = hostname().replaceAll(/[^\w.-]+/g, '_');
    expect(found).toEqual(
      Object.fromEntries(
        ['a', 'b', 'c'].map(name => [name, { ...usual, topic: `dapberry/${host}/${name}` }]),
      ),
    );
  });

  it('gives a dataset its own keys before those of the whole file', () => {
    const found = sinks(
      `publish: {mqtt: {url: mqtt://broker, qos: 1, interval: 1 min}}
datasets:
  a: {publish: {mqtt: {topic: here, qos: 0}}, ${SENSORS}}
  b: {publish: off, ${SENSORS}}
  c: {publish: {mqtt: off}, ${SENSORS}}
  d: {interval: 0, ${SENSORS}}`,
    );
    expect(found).toMatchObject({ a: { url: 'mqtt://broker', topic: 'here', qos: 0, interval: 60 } });
    expect(found['b']).toBeUndefined();
    expect(found['c']).toBeUndefined();
    // Each client has rows of its own.
    expect(found['d']).toBeUndefined();
  });

  it('may stand in one dataset alone', () => {
    const found = sinks(
      `datasets: {a: {publish: {mqtt: {url: "mqtts://[::1]:8884", discovery: homeassistant}}, ${SENSORS}}, b: {${SENSORS}}}`,
    );
    expect(found).toMatchObject({ a: { url: 'mqtts://[::1]:8884', discovery: 'homeassistant' } });
    expect(found['b']).toBeUndefined();
  });

  it.each([
    [
      'publish: {mqtt: {url: broker:1883}}',
      'config.yaml:1:23: publish.mqtt.url: expected mqtt://HOST, mqtts://HOST or either with :PORT, without a user, found "broker:1883"; write mqtt://broker:1883',
    ],
    [
      'publish: {mqtt: {url: mqtt://pi:secret@broker}}',
      'put the user and the password into a file, and name it with "credentials"',
    ],
    [
      'publish: {mqtt: {topic: a}}',
      'publish.mqtt: expected the key url, the address of the broker, found none',
    ],
    [
      'publish: {mqtt: {url: mqtt://b, topic: "a/#"}}',
      'publish.mqtt.topic: expected a topic without + and #',
    ],
    [
      'publish: {mqtt: {url: mqtt://b, topic: "$SYS/a"}}',
      'publish.mqtt.topic: expected a topic without + and #',
    ],
    ['publish: {mqtt: {url: mqtt://b, topic: "a/{name}"}}', 'it may contain {host} and {dataset}'],
    ['publish: {mqtt: {url: mqtt://b, qos: 2}}', 'publish.mqtt.qos: expected 0 or 1, found 2'],
    ['publish: {mqtt: {url: mqtt://b, password: x}}', 'publish.mqtt.password: expected one of the keys url,'],
    ['publish: {mqtt: {url: mqtt://b, discovery: on}}', 'expected homeassistant or off'],
    ['publish: {matt: {url: mqtt://b}}', 'did you mean "mqtt"?'],
    [
      'publish: {mqtt: {url: mqtt://b, credentials: ../login}}',
      'expected an absolute path, or the name of a credential',
    ],
  ])('refuses %s', (text, message) => {
    const found = problems(`${text}\ndatasets: {a: {${SENSORS}}}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it.each([
    [
      'publish: {mqtt: {topic: a}}',
      'datasets.a.publish.mqtt: expected the key url, the address of the broker, found none',
    ],
    [
      'publish: {mqtt: {url: mqtt://b}}, interval: 0',
      'expected nothing to publish in a dataset with the interval 0',
    ],
    ['publish: on', 'datasets.a.publish: expected off, or a mapping with the keys mqtt'],
  ])('refuses %s in a dataset', (text, message) => {
    const found = problems(`datasets: {a: {${text}, ${SENSORS}}}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it('refuses the topic of another dataset', () => {
    const text = `publish: {mqtt: {url: mqtt://b, topic: "house/{host}"}}\ndatasets: {a: {${SENSORS}}, b: {${SENSORS}}}`;
    const [problem, ...others] = problems(text);
    expect(others).toEqual([]);
    expect(problem).toMatch(
      /datasets\.b: expected a topic that no other dataset has, found "house\/[\w.-]+", which the dataset a has too; put \{dataset\} into the topic$/,
    );
  });

  describe('with the topic of a dataset below that of another one', () => {
    const CHANNELS = 'channels: {temperature: {name: roof}}';
    const nested = (house: string, roof = 'topic: house/roof') =>
      problems(`
publish: {mqtt: {url: mqtt://b}}
datasets:
  house: {publish: {mqtt: {${house}}}, sensors: [{kind: tmp36-simulated, ${CHANNELS}}]}
  roof: {publish: {mqtt: {${roof}}}, ${SENSORS}}`);

    it('refuses that of a column, in whichever order they are written', () => {
      expect(nested('topic: house')).toEqual([
        'config.yaml:5:20: datasets.roof.publish.mqtt: expected a topic at which no other dataset sends anything, found "house/roof", at which the dataset house sends its column roof; choose another topic, or set values: false for house',
      ]);
      const [problem, ...others] = problems(`
publish: {mqtt: {url: mqtt://b}}
datasets:
  roof: {publish: {mqtt: {topic: house/roof}}, ${SENSORS}}
  house: {publish: {mqtt: {topic: house}}, sensors: [{kind: tmp36-simulated, ${CHANNELS}}]}`);
      expect(others).toEqual([]);
      expect(problem).toContain('datasets.roof.publish.mqtt: expected a topic at which no other');
    });

    it('refuses that of what may be a column of another server', () => {
      const relayed = (house: string, roof: string) =>
        problems(`
publish: {mqtt: {url: mqtt://b}}
datasets:
  house: {publish: {mqtt: {${house}}}, source: {dap2: "http://pi:8080/house"}}
  roof: {publish: {mqtt: {topic: ${roof}}}, ${SENSORS}}`);
      expect(relayed('topic: house', 'house/roof')).toEqual([
        'config.yaml:5:20: datasets.roof.publish.mqtt: expected a topic at which no other dataset sends anything, found "house/roof", at which the dataset house may send a column of the other server named roof; choose another topic, or set values: false for house',
      ]);
      expect(relayed('topic: house, values: false', 'house/roof')).toEqual([]);
      expect(relayed('topic: house', 'house/the-roof')).toEqual([]);
      expect(relayed('topic: house', 'house/north/roof')).toEqual([]);
      expect(relayed('topic: site', 'house/roof')).toEqual([]);
    });

    it('refuses that of the availability', () => {
      expect(nested('topic: house, values: false', 'topic: "house/$status"')).toEqual([
        expect.stringContaining(
          'found "house/$status", at which the dataset house sends its availability; choose another topic',
        ),
      ]);
    });

    it.each([
      ['topic: house, values: false', 'topic: house/roof'],
      ['topic: house', 'topic: house/roof, url: mqtt://other'],
      ['topic: house', 'topic: house/other'],
    ])('allows %s beside %s', (house, roof) => {
      expect(nested(house, roof)).toEqual([]);
    });
  });

  it('refuses the name of another dataset in the same stream', () => {
    const text = `publish: {nats: {servers: [nats://b], stream: farm, name: "{host}"}}\ndatasets: {a: {${SENSORS}}, b: {${SENSORS}}}`;
    const [problem, ...others] = problems(text);
    expect(others).toEqual([]);
    expect(problem).toMatch(
      /datasets\.b: expected a name that no other dataset has, found "[\w-]+", which the dataset a has too; put \{dataset\} into the name$/,
    );
  });

  it('refuses one identifier for the connections of two datasets', () => {
    const text = `publish: {mqtt: {url: mqtt://b, clientId: pi}}\ndatasets: {a: {${SENSORS}}, b: {${SENSORS}}}`;
    const [problem, ...others] = problems(text);
    expect(others).toEqual([]);
    expect(problem).toContain(
      'expected a clientId that no other dataset has, found "pi", which the dataset a has too',
    );
  });
});
