// Tests that Home Assistant accepts the description of every kind of sensor, and what it makes of the rows.

import { execFileSync } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { SENSOR_KINDS, usualOptions } from '../../../device/index.ts';
import { describeAttributes, describeModel } from '../../../server/dataset/describe.ts';
import { discoveryFilter, discoveryMessages } from '../../../server/mqtt/discovery.ts';
import { entityClass } from '../../../server/mqtt/home-assistant-units.ts';
import type { MqttOptions } from '../../../server/mqtt/options.ts';
import { rowMessages } from '../../../server/mqtt/row-messages.ts';
import type { SinkDataset } from '../../../server/publish/sink.ts';
import { sensorLayout } from '../../../server/source/sensor-layout.ts';
import { Mosquitto } from '../../mosquitto.ts';
import { describeWith } from '../../tools.ts';
import { batchOf, CHANNELS, SCRIPTED } from '../scripted-source.ts';
import { checkDiscovery } from './home-assistant-rules.ts';
import { MqttRig } from './mqtt-rig.ts';

const OPTIONS: MqttOptions = {
  url: 'mqtt://broker',
  topic: 'dapberry/pi.local/roof',
  qos: 0,
  retain: false,
  values: true,
  discovery: 'homeassistant',
  discoveryPrefix: 'homeassistant',
};

function datasetOf(channels: Parameters<typeof sensorLayout>[0], interval = 10): SinkDataset {
  const layout = sensorLayout(channels);
  const info = { ...SCRIPTED, name: 'roof', title: 'On the roof' };
  const delivery = { kind: 'scheduled', interval } as const;
  return {
    info,
    layout,
    delivery,
    isClocked: true,
    model: describeModel(info, layout),
    attributes: describeAttributes(info, layout, delivery),
  };
}

it.each(SENSOR_KINDS.map(kind => [kind.name, kind] as const))(
  'describes the columns of %s by the rules of Home Assistant',
  (_name, kind) => {
    const channels = kind.channels(usualOptions(kind));
    const messages = discoveryMessages(OPTIONS, datasetOf(channels));
    const entities = messages.map(({ topic, payload }) => checkDiscovery(topic, payload));
    expect(entities).toHaveLength(channels.length);
    expect(new Set(entities.map(entity => entity.unique_id)).size).toBe(channels.length);
    expect(new Set(messages.map(({ topic }) => topic)).size).toBe(channels.length);
  },
);

it('describes a column with its class, its unit, its availability and its expiry', () => {
  const dataset = datasetOf([
    { name: 'air', units: 'degree_Celsius', longName: 'Air temperature', standardName: 'air_temperature' },
  ]);
  const [message] = discoveryMessages({ ...OPTIONS, interval: 60 }, dataset);
  expect(message?.topic).toMatch(/^homeassistant\/sensor\/dapberry_pi_local_roof_[0-9a-f]{8}\/air\/config$/);
  expect(JSON.parse(message!.payload)).toEqual({
    name: 'Air temperature',
    unique_id: 'dapberry/pi.local/roof/air',
    state_topic: 'dapberry/pi.local/roof',
    value_template: "{{ value_json['air'] }}",
    unit_of_measurement: '°C',
    device_class: 'temperature',
    state_class: 'measurement',
    expire_after: 180,
    availability_topic: 'dapberry/pi.local/roof/$status',
    payload_available: 'online',
    payload_not_available: 'offline',
    device: {
      identifiers: ['dapberry/pi.local/roof'],
      name: 'On the roof',
      manufacturer: 'dapberry',
      model: 'a test',
      sw_version: expect.any(String),
    },
    origin: { name: 'dapberry', sw_version: expect.any(String) },
  });
  expect(discoveryFilter(OPTIONS)).toBe(message!.topic.replace('/air/', '/+/'));
});

it('tells datasets apart whose topics read alike', () => {
  const dataset = datasetOf(CHANNELS);
  const topics = ['a/b', 'a_b', 'a.b', 'a/b_c', 'a_b/c', 'a-b', 'ä/b', 'a'];
  const entities = topics.flatMap(topic =>
    discoveryMessages({ ...OPTIONS, topic }, dataset).map(message => ({
      at: message.topic,
      ...checkDiscovery(message.topic, message.payload),
    })),
  );
  const count = topics.length * CHANNELS.length;
  expect(new Set(entities.map(({ at }) => at)).size).toBe(count);
  expect(new Set(entities.map(({ unique_id: id }) => id)).size).toBe(count);
  expect(new Set(entities.map(({ device }) => device.identifiers[0])).size).toBe(topics.length);
});

it('lets values expire as often as the sender of rows states, or after the configured time', () => {
  const dataset = datasetOf(CHANNELS);
  const expiry = (delivery: SinkDataset['delivery'], options: Partial<MqttOptions> = {}) => {
    const [message] = discoveryMessages({ ...OPTIONS, ...options }, { ...dataset, delivery });
    return checkDiscovery(message!.topic, message!.payload).expire_after;
  };
  expect(expiry({ kind: 'pushed' })).toBeUndefined();
  expect(expiry({ kind: 'pushed', interval: 60 })).toBe(180);
  expect(expiry({ kind: 'pushed', interval: 1 })).toBe(30);
  expect(expiry({ kind: 'pushed' }, { expireAfter: 3600 })).toBe(3600);
  expect(expiry({ kind: 'scheduled', interval: 10 }, { expireAfter: 45.2 })).toBe(46);
});

it('lets a value that came with a message expire once it is too old to count', () => {
  const dataset = datasetOf(CHANNELS);
  const expiries = (options: Partial<MqttOptions> = {}) =>
    discoveryMessages(
      { ...OPTIONS, ...options },
      { ...dataset, delivery: { kind: 'pushed', maxAges: [7200, 86_400, 0.5] } },
    ).map(({ topic, payload }) => checkDiscovery(topic, payload).expire_after);
  expect(expiries()).toEqual([7200, 86_400, 30]);
  // Of the rows of a minute, only the first one is sent.
  expect(expiries({ interval: 60 })).toEqual([7260, 86_460, 61]);
  expect(expiries({ expireAfter: 90 })).toEqual([90, 90, 90]);
});

it.each([
  ['degree_Celsius', 'air_temperature', 'temperature', '°C', 'measurement'],
  ['K', 'sea_water_temperature', 'temperature', 'K', 'measurement'],
  ['K', undefined, undefined, 'K', 'measurement'],
  ['percent', 'relative_humidity', 'humidity', '%', 'measurement'],
  ['percent', undefined, undefined, '%', 'measurement'],
  ['hPa', 'air_pressure', 'atmospheric_pressure', 'hPa', 'measurement'],
  ['hPa', undefined, 'pressure', 'hPa', 'measurement'],
  ['mW', undefined, 'power', 'mW', 'measurement'],
  ['MW', undefined, 'power', 'MW', 'measurement'],
  // Symbols differ by their case: megavolt, siemens and gauss are no millivolt, second or gram.
  ['MV', undefined, undefined, 'MV', 'measurement'],
  ['S', undefined, undefined, 'S', 'measurement'],
  ['G', undefined, undefined, 'G', 'measurement'],
  ['uV', undefined, 'voltage', 'µV', 'measurement'],
  ['ms', undefined, 'duration', 'ms', 'measurement'],
  ['Seconds', undefined, 'duration', 's', 'measurement'],
  ['dBm', undefined, 'signal_strength', 'dBm', 'measurement'],
  ['mm day-1', 'rainfall_rate', 'precipitation_intensity', 'mm/d', 'measurement'],
  ['m s-1', 'wind_speed', 'wind_speed', 'm/s', 'measurement'],
  ['m s-1', undefined, undefined, 'm/s', 'measurement'],
  ['degree', 'wind_from_direction', 'wind_direction', '°', undefined],
  ['1e-6', 'mole_fraction_of_carbon_dioxide_in_air', 'carbon_dioxide', 'ppm', 'measurement'],
  ['kWh', undefined, 'energy', 'kWh', 'total_increasing'],
  ['mm h-1', 'lwe_precipitation_rate', 'precipitation_intensity', 'mm/h', 'measurement'],
  ['ug m-3', 'mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air', 'pm25', 'µg/m³', 'measurement'],
  ['1', undefined, undefined, undefined, 'measurement'],
  ['furlong fortnight-1', undefined, undefined, 'furlong fortnight-1', 'measurement'],
])('knows %s of %s', (units, name, deviceClass, unit, stateClass) => {
  const expected = { deviceClass, unit, stateClass };
  const found = entityClass(units, name);
  expect({ ...expected, ...found }).toEqual(expected);
  expect(found).toEqual(
    Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
  );
});

/** The state that Home Assistant gives an entity: `None` is unknown (homeassistant/components/mqtt/sensor.py). */
const RENDER = `
import json, sys, jinja2
for template, payload in json.load(sys.stdin):
    print(jinja2.Environment().from_string(template).render(value=payload, value_json=json.loads(payload)))
`;

describeWith('jinja2', 'the templates', () => {
  it('give the value, and None in place of a missing one', () => {
    const dataset = datasetOf(CHANNELS);
    const messages = discoveryMessages(OPTIONS, dataset);
    const batch = batchOf([
      [1, 20.5, 7, 0.25],
      [2, Number.NaN, 8, Number.NaN],
    ]);
    const pairs = [0, 1].flatMap(row => {
      const [whole] = rowMessages(dataset, OPTIONS.topic, false)(batch, row);
      return messages.map(({ payload }) => [JSON.parse(payload).value_template, whole!.payload]);
    });
    const printed = execFileSync('/usr/bin/python3', ['-c', RENDER], { input: JSON.stringify(pairs) });
    expect(printed.toString().trim().split('\n')).toEqual(['20.5', '7', '0.25', 'None', '8', 'None']);
  });
});

describeWith('mosquitto', 'discovery at a broker', () => {
  let broker: Mosquitto;
  let rig: MqttRig;

  afterEach(async () => {
    await rig.close();
    await broker.close();
  });

  it('keeps the description of each column, and deletes that of columns that are gone', async () => {
    broker = await Mosquitto.start();
    rig = await MqttRig.start(broker);
    const own = JSON.stringify({ name: 'gone', origin: { name: 'dapberry' } });
    const foreign = JSON.stringify({ name: 'of another program', origin: { name: 'another' } });
    await broker.publish('homeassistant/sensor/house_pi/gone/config', own, true);
    await broker.publish('homeassistant/sensor/house_pi/foreign/config', foreign, true);
    rig.publish({ discovery: 'homeassistant' });
    await rig.connected();
    await expect
      .poll(async () => {
        const kept = await broker.listen('homeassistant/#');
        await expect.poll(() => kept.length).toBeGreaterThan(3);
        return kept.map(({ topic }) => topic.split('/')[3]).sort();
      })
      .toEqual(['a', 'b', 'c', 'foreign']);
    const kept = await broker.listen('homeassistant/#');
    await expect.poll(() => kept).toHaveLength(4);
    for (const { topic, payload } of kept.filter(one => !one.topic.includes('foreign')))
      checkDiscovery(topic, payload);
  });
});
