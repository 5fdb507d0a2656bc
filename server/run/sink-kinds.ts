// Lists the kinds of sinks by the keys of `publish`; each loads its library when a configuration names it.

import type { MqttOptions } from '../mqtt/options.ts';
import type { SinkKinds } from '../publish/sink.ts';

export const SINK_KINDS: SinkKinds = {
  mqtt: async (options, dataset) => {
    const { mqttSink } = await import('../mqtt/mqtt-sink.ts');
    return mqttSink(options as MqttOptions, dataset);
  },
};
