// Tests that columns of another server, which may have any name, have valid topics of their own.

import { expect, it } from 'vitest';
import { describeAttributes, describeModel } from '../../../server/dataset/describe.ts';
import { discoveryMessages } from '../../../server/mqtt/discovery.ts';
import type { MqttOptions } from '../../../server/mqtt/options.ts';
import { rowMessages } from '../../../server/mqtt/row-messages.ts';
import type { SequenceLayout } from '../../../server/source/row-source.ts';
import { TIME_COLUMN } from '../../../server/source/sensor-layout.ts';
import { SCRIPTED } from '../scripted-source.ts';

const NAMES = ['t', 'a/b', 'a+', 'a#', 'pm2.5', "o'k", '$status', 'a%2Fb', 'a b'];
const TOPIC = 'pi/roof';

const OPTIONS: MqttOptions = {
  url: 'mqtt://broker',
  topic: TOPIC,
  qos: 0,
  retain: false,
  values: true,
  discovery: 'homeassistant',
  discoveryPrefix: 'homeassistant',
};

const columns = NAMES.map(name => ({ type: 'Float64' as const, name, attributes: new Map() }));
const layout: SequenceLayout = { name: 's', columns: [TIME_COLUMN, ...columns] };
const delivery = { kind: 'scheduled', interval: 1 } as const;
const info = { ...SCRIPTED, name: 'roof', title: 'On the roof' };
const model = describeModel(info, layout);
const attributes = describeAttributes(info, layout, delivery);

it('sends each value to one level below the topic of the rows, none of which is a wildcard or the availability', () => {
  const batch = { length: 1, columns: layout.columns.map((_, index) => Float64Array.of(index)) };
  const [, ...values] = rowMessages({ model, attributes }, TOPIC, true)(batch, 0);
  expect(values.map(({ topic, payload }) => [topic.slice(TOPIC.length + 1), payload])).toEqual([
    ['t', '1'],
    ['a%2Fb', '2'],
    ['a%2B', '3'],
    ['a%23', '4'],
    ['pm2.5', '5'],
    ["o'k", '6'],
    ['%24status', '7'],
    ['a%252Fb', '8'],
    ['a b', '9'],
  ]);
});

it('describes each column under an identifier that Home Assistant takes, with a template that finds its value', () => {
  const messages = discoveryMessages(OPTIONS, {
    info,
    layout,
    delivery,
    isClocked: true,
    model,
    attributes,
  });
  const topics = messages.map(({ topic }) => topic);
  for (const topic of topics) expect(topic).toMatch(/^homeassistant\/sensor\/pi_roof\/[\w-]+\/config$/);
  expect(topics[0]).toBe('homeassistant/sensor/pi_roof/t/config');
  expect(new Set(topics).size).toBe(NAMES.length);
  const configs = messages.map(({ payload }) => JSON.parse(payload) as Record<string, string>);
  expect(new Set(configs.map(({ unique_id }) => unique_id)).size).toBe(NAMES.length);
  expect(configs[0]).toMatchObject({ unique_id: 'pi/roof/t', value_template: "{{ value_json['t'] }}" });
  expect(configs[5]).toMatchObject({ value_template: "{{ value_json['o\\'k'] }}" });
});
