// Checks that each sink of a dataset has an address, that no two datasets have the same topic, and that there are rows to send.

import type { SensorSetup } from '../../../device/index.ts';
import type { Overrides } from '../config.ts';
import { foundText, problemAt, valueAt } from '../mistakes/explain.ts';
import { publishedName, topicOf, writtenSinks } from '../publish.ts';
import { REQUIRED_KEYS, SINK_DEFAULTS, type SinkName } from '../schema/publish-schema.ts';
import { DATASET_SHAPE } from '../schema/schema.ts';
import { type DatasetNode, isMapping } from '../text/dataset-node.ts';
import type { Document } from '../text/document.ts';
import { type Problem, quoted } from '../text/problem.ts';
import { checkTopics, type TopicNode } from './check-topics.ts';

/**
 * @param main the document with the keys of all datasets; undefined if none is read
 * @param setups the sensors of the datasets
 */
export function checkPublish(
  main: Document | undefined,
  parts: readonly DatasetNode[],
  setups: ReadonlyMap<DatasetNode, readonly SensorSetup[]>,
  overrides: Overrides,
): readonly Problem[] {
  const common = valueAt(main?.value, ['publish']);
  const places = new Map<string, string>();
  const topics: TopicNode[] = [];
  const problems = [
    ...checkCommon(main, common),
    ...parts.flatMap(part => {
      const at = (...path: string[]) => [...part.path, 'publish', ...path];
      const own = valueAt(part.document.value, at());
      // Other mistakes are reported already.
      if (!DATASET_SHAPE.publish.safeParse(own).success) return [];
      const onDemand = checkOnDemand(part, own, overrides);
      if (onDemand.length > 0) return onDemand;
      return writtenSinks(common, own).flatMap(([name, written]) => {
        const isOwn = valueAt(own, [name]) !== undefined;
        const options = { ...SINK_DEFAULTS[name], ...written } as Readonly<Record<string, unknown>>;
        if (options[REQUIRED_KEYS[name].key] === undefined)
          // That of the whole file is reported there.
          return isOwn && !isMapping(valueAt(common, [name]))
            ? [problemAt(part, at(name), 'key', withoutKey(name))]
            : [];
        const path = isOwn ? at(name) : part.path;
        const { url, topic, values } = options;
        if (typeof topic === 'string')
          topics.push({ part, url, topic: topicOf(topic, part.name), hasValues: values === true, path });
        return placesOf(options, part.name).flatMap(({ what, resolved, within, hint }) => {
          const key = JSON.stringify([name, what, within, resolved]);
          const other = places.get(key);
          places.set(key, other ?? part.name);
          if (other === undefined || other === part.name) return [];
          return [
            problemAt(part, path, 'key', {
              expected: `a ${what} that no other dataset has`,
              found: `${quoted(resolved)}, which the dataset ${other} has too`,
              hint,
            }),
          ];
        });
      });
    }),
  ];
  return [...problems, ...checkTopics(topics, setups)];
}

/** What no two datasets may share: where their rows go, and the name by which a broker knows their connection. */
function placesOf(options: Readonly<Record<string, unknown>>, dataset: string) {
  const { url, topic, clientId, servers, stream, name } = options;
  const places: { what: string; resolved: string; within: readonly unknown[]; hint: string }[] = [];
  const inPart = (what: string) => `put {dataset} into the ${what}`;
  if (typeof topic === 'string')
    places.push({ what: 'topic', resolved: topicOf(topic, dataset), within: [url], hint: inPart('topic') });
  if (typeof clientId === 'string') {
    const hint =
      'leave it out, or give each dataset one of its own: a broker ends the older of two connections';
    places.push({ what: 'clientId', resolved: clientId, within: [url], hint });
  }
  if (typeof name === 'string') {
    const resolved = publishedName(name, dataset);
    places.push({ what: 'name', resolved, within: [servers, stream], hint: inPart('name') });
  }
  return places;
}

function withoutKey(name: SinkName) {
  const { key, means } = REQUIRED_KEYS[name];
  return { expected: `the key ${key}, ${means}`, found: 'none' };
}

function checkCommon(main: Document | undefined, common: unknown): readonly Problem[] {
  if (main === undefined || !isMapping(common)) return [];
  return (Object.keys(REQUIRED_KEYS) as SinkName[]).flatMap(name => {
    const written = valueAt(common, [name]);
    return isMapping(written) && valueAt(written, [REQUIRED_KEYS[name].key]) === undefined
      ? [problemAt({ document: main, prefix: [] }, ['publish', name], 'key', withoutKey(name))]
      : [];
  });
}

/** With `--interval 0` the configuration may be written for another interval: then nothing is sent. */
function checkOnDemand(part: DatasetNode, own: unknown, overrides: Overrides): readonly Problem[] {
  if (own === undefined || own === 'off' || own === false || overrides.interval !== undefined) return [];
  const interval = valueAt(part.document.value, [...part.path, 'interval']);
  if (DATASET_SHAPE.interval.safeParse(interval).data !== 0) return [];
  const problem = {
    expected:
      'nothing to publish in a dataset with the interval 0, of which each client gets rows of its own',
    found: foundText(own),
  };
  return [problemAt(part, [...part.path, 'publish'], 'key', problem)];
}
