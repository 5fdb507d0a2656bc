// Checks that each sink of a dataset has an address, that no two datasets have the same topic, and that there are rows to send.

import type { Overrides } from '../config.ts';
import { foundText, problemAt, valueAt } from '../mistakes/explain.ts';
import { topicOf, writtenSinks } from '../publish.ts';
import { SINK_DEFAULTS } from '../schema/publish-schema.ts';
import { DATASET_SHAPE } from '../schema/schema.ts';
import { type DatasetNode, isMapping } from '../text/dataset-node.ts';
import type { Document } from '../text/document.ts';
import { type Problem, quoted } from '../text/problem.ts';

/** @param main the document with the keys of all datasets; undefined if none is read */
export function checkPublish(
  main: Document | undefined,
  parts: readonly DatasetNode[],
  overrides: Overrides,
): readonly Problem[] {
  const common = valueAt(main?.value, ['publish']);
  const places = new Map<string, string>();
  return [
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
        const { url, topic } = { ...SINK_DEFAULTS[name], ...written } as Readonly<Record<string, unknown>>;
        if (url === undefined)
          // That of the whole file is reported there.
          return isOwn && !isMapping(valueAt(common, [name]))
            ? [problemAt(part, at(name), 'key', NO_URL)]
            : [];
        if (typeof topic !== 'string') return [];
        const resolved = topicOf(topic, part.name);
        const key = `${name} ${String(url)} ${resolved}`;
        const other = places.get(key);
        places.set(key, other ?? part.name);
        if (other === undefined || other === part.name) return [];
        return [
          problemAt(part, isOwn ? at(name) : part.path, 'key', {
            expected: 'a topic that no other dataset has',
            found: `${quoted(resolved)}, which the dataset ${other} has too`,
            hint: 'put {dataset} into the topic',
          }),
        ];
      });
    }),
  ];
}

const NO_URL = { expected: 'the key url, the address of the broker', found: 'none' };

function checkCommon(main: Document | undefined, common: unknown): readonly Problem[] {
  if (main === undefined || !isMapping(common)) return [];
  return Object.entries(common).flatMap(([name, written]) =>
    isMapping(written) && valueAt(written, ['url']) === undefined && Object.hasOwn(SINK_DEFAULTS, name)
      ? [problemAt({ document: main, prefix: [] }, ['publish', name], 'key', NO_URL)]
      : [],
  );
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
