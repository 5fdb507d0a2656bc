// Decides where the rows of a dataset are sent, from the keys of the whole file and its own.

import { hostname } from 'node:os';
import { z } from 'zod';
import { valueAt } from './mistakes/explain.ts';
import { SINK_DEFAULTS, SINK_SHAPES, type SinkName } from './schema/publish-schema.ts';
import { isMapping } from './text/dataset-node.ts';

/** The options of the sinks of a dataset by their kinds. */
export type PublishConfig = Readonly<Record<string, unknown>>;

const NAMES = Object.keys(SINK_SHAPES) as readonly SinkName[];

/** The kinds of sinks of a dataset, with the keys as they are written. */
export function writtenSinks(common: unknown, own: unknown): readonly (readonly [SinkName, object])[] {
  if (isOff(own)) return [];
  return NAMES.flatMap(name => {
    const [ofAll, ofOne] = [common, own].map(part => valueAt(part, [name]));
    if (isOff(ofOne) || (!isMapping(ofAll) && !isMapping(ofOne))) return [];
    return [[name, { ...(isMapping(ofAll) ? ofAll : {}), ...(isMapping(ofOne) ? ofOne : {}) }] as const];
  });
}

/** Undefined for a dataset whose rows are sent nowhere. The keys are valid. */
export function publishOf(common: unknown, own: unknown, dataset: string): PublishConfig | undefined {
  const sinks = writtenSinks(common, own).map(([name, written]) => {
    const options = { ...SINK_DEFAULTS[name], ...z.strictObject(SINK_SHAPES[name]).parse(written) };
    return [name, resolved(options, dataset)] as const;
  });
  return sinks.length === 0 ? undefined : Object.fromEntries(sinks);
}

/** The options with the names in place of `{host}` and `{dataset}`. */
function resolved(options: Readonly<Record<string, unknown>>, dataset: string): object {
  const { topic, name, discovery } = options;
  return {
    ...options,
    ...(typeof topic === 'string' ? { topic: topicOf(topic, dataset) } : {}),
    ...(typeof name === 'string' ? { name: publishedName(name, dataset) } : {}),
    ...(discovery === false ? { discovery: 'off' } : {}),
  };
}

export function topicOf(topic: string, dataset: string): string {
  // A name with other characters would be several levels, or no topic.
  const host = hostname().replaceAll(/[^\w.-]+/g, '_');
  return topic.replaceAll('{host}', host).replaceAll('{dataset}', dataset);
}

/** The name of a dataset on other machines: letters, digits, _ and -, not beginning with a digit. */
export function publishedName(name: string, dataset: string): string {
  const [host = ''] = hostname()
    .replaceAll(/[^\w.-]+/g, '_')
    .split('.');
  const resolved = name.replaceAll('{host}', host).replaceAll('{dataset}', dataset);
  return (/^[\d-]/.test(resolved) ? `_${resolved}` : resolved).slice(0, 64);
}

function isOff(written: unknown): boolean {
  return written === 'off' || written === false;
}
