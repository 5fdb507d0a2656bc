// Lists the kinds of sinks by the keys of `publish`; each loads its library when a configuration names it.

import type { MqttOptions } from '../mqtt/options.ts';
import type { NatsSinkOptions } from '../nats/sink.ts';
import type { SinkKinds } from '../publish/sink.ts';

export const SINK_KINDS: SinkKinds = {
  mqtt: async (options, dataset) => {
    const { mqttSink } = await import('../mqtt/mqtt-sink.ts');
    return mqttSink(options as MqttOptions, dataset);
  },
  nats: async (options, dataset, machine) => {
    const { openNatsSink } = await import('../nats/sink.ts');
    return openNatsSink(options as NatsSinkOptions, dataset, machine);
  },
};
