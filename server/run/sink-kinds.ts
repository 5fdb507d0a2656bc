// Lists the kinds of sinks by the keys of `publish`; each loads its library when a configuration names it.

import type { SinkKinds } from '../publish/sink.ts';

export const SINK_KINDS: SinkKinds = {};
