// Holds messages made by hand in the form that devices send, with the options that read them and the values that they have.

export interface DeviceMessage {
  readonly device: string;
  /** The options of the sensor, as the page about MQTT has them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly topic: string;
  readonly payload: string;
  readonly values: readonly number[];
}

export const DEVICES: readonly DeviceMessage[] = [
  {
    // zigbee2mqtt.io, MQTT topics and messages: zigbee2mqtt/FRIENDLY_NAME.
    device: 'zigbee2mqtt, a climate sensor',
    options: {
      topic: 'zigbee2mqtt/garden',
      values: { temperature: '/temperature', humidity: '/humidity', battery: '/battery' },
      availability: 'zigbee2mqtt/garden/availability',
    },
    topic: 'zigbee2mqtt/garden',
    payload: '{"battery":97,"humidity":61.02,"linkquality":134,"temperature":18.44,"voltage":2995}',
    values: [18.44, 61.02, 97],
  },
  {
    device: 'zigbee2mqtt, a contact',
    options: { topic: 'zigbee2mqtt/door', values: { closed: '/contact' } },
    topic: 'zigbee2mqtt/door',
    payload: '{"battery":100,"contact":true,"linkquality":88}',
    values: [1],
  },
  {
    // Tasmota: tele/TOPIC/SENSOR, and Online or Offline at tele/TOPIC/LWT.
    device: 'Tasmota, a sensor',
    options: {
      topic: 'tele/tasmota_shed/SENSOR',
      values: { temperature: '/AM2301/Temperature', humidity: '/AM2301/Humidity' },
      availability: 'tele/tasmota_shed/LWT',
    },
    topic: 'tele/tasmota_shed/SENSOR',
    payload: '{"Time":"2026-11-30T08:00:00","AM2301":{"Temperature":24.6,"Humidity":58.2},"TempUnit":"C"}',
    values: [24.6, 58.2],
  },
  {
    device: 'Tasmota, a plug with several sensors in a list',
    options: { topic: 'tele/plug/SENSOR', values: { power: '/ENERGY/Power', second: '/ENERGY/Factor/1' } },
    topic: 'tele/plug/SENSOR',
    payload: '{"Time":"2026-11-30T08:00:00","ENERGY":{"Total":3.185,"Power":42,"Factor":[0.9,0.75]}}',
    values: [42, 0.75],
  },
  {
    // ESPHome: NAME/sensor/SENSOR/state.
    device: 'ESPHome, one value a topic',
    options: { topic: 'livingroom/sensor/temperature/state', availability: 'livingroom/status' },
    topic: 'livingroom/sensor/temperature/state',
    payload: '21.3',
    values: [21.3],
  },
  {
    device: 'ESPHome, a binary sensor',
    options: { topic: 'livingroom/binary_sensor/window/state' },
    topic: 'livingroom/binary_sensor/window/state',
    payload: 'ON',
    values: [1],
  },
  {
    // shelly-api-docs.shelly.cloud, Gen2, Switch: the status of the component, at PREFIX/status/switch:0.
    device: 'Shelly of the second generation, a switch with a meter',
    options: {
      topic: 'shellyplus1pm-a8032abe54dc/status/switch:0',
      values: { power: '/apower', voltage: '/voltage', on: '/output', energy: '/aenergy/total' },
      availability: 'shellyplus1pm-a8032abe54dc/online',
    },
    topic: 'shellyplus1pm-a8032abe54dc/status/switch:0',
    payload:
      '{"id":0,"source":"timer","output":true,"apower":8.9,"voltage":237.5,"current":0.041,"aenergy":{"total":6.532,"by_minute":[45.1,47.3,88.2],"minute_ts":1626935779},"temperature":{"tC":23.5,"tF":74.4}}',
    values: [8.9, 237.5, 1, 6.532],
  },
  {
    // Shelly, first generation: shellies/ID/sensor/temperature.
    device: 'Shelly of the first generation, a thermometer',
    options: {
      topic: 'shellies/shellyht-3B3A41/sensor/temperature',
      availability: 'shellies/shellyht-3B3A41/online',
    },
    topic: 'shellies/shellyht-3B3A41/sensor/temperature',
    payload: '23.70',
    values: [23.7],
  },
  {
    device: 'any of several devices, by a wildcard',
    options: { topic: 'house/+/temperature', wildcards: true },
    topic: 'house/kitchen/temperature',
    payload: '20',
    values: [20],
  },
];

/** For each kind that needs a broker: the messages that test/device/mqtt-faults.test.ts gives it. */
export const MQTT_SENSORS: Readonly<Record<string, readonly DeviceMessage[]>> = { mqtt: DEVICES };
