// Checks that no dataset sends its rows to a topic at which another dataset sends the values of a column or its availability.

import { columnsOf, type SensorSetup } from '../../../device/index.ts';
import { problemAt, valueAt } from '../mistakes/explain.ts';
import { isOtherSource } from '../schema/source-schema.ts';
import type { DatasetNode } from '../text/dataset-node.ts';
import { type Problem, quoted } from '../text/problem.ts';

/** A dataset that is sent to an MQTT broker. */
export interface TopicNode {
  readonly part: DatasetNode;
  readonly url: unknown;
  /** The topic of the rows, without placeholders. */
  readonly topic: string;
  /** Whether each column has a topic of its own. */
  readonly hasValues: boolean;
  /** Where its problems are told. */
  readonly path: DatasetNode['path'];
}

/** A level of a topic that may be the name of a column. */
const COLUMN = /^[A-Za-z_]\w*$/;

/** @param setups the sensors of the datasets */
export function checkTopics(
  nodes: readonly TopicNode[],
  setups: ReadonlyMap<DatasetNode, readonly SensorSetup[]>,
): readonly Problem[] {
  const below = new Map(nodes.flatMap(node => topicsBelow(node, setups.get(node.part) ?? [])));
  return nodes.flatMap(node => {
    const other = below.get(keyOf(node.url, node.topic)) ?? mayBeBelow(node, nodes);
    if (other === undefined || other.name === node.part.name) return [];
    return [
      problemAt(node.part, node.path, 'key', {
        expected: 'a topic at which no other dataset sends anything',
        found: `${quoted(node.topic)}, at which the dataset ${other.name} ${other.what}`,
        hint: other.hint,
      }),
    ];
  });
}

/** The topics of a dataset below that of its rows, by broker and topic. */
function topicsBelow({ part: { name }, url, topic, hasValues }: TopicNode, setups: readonly SensorSetup[]) {
  const columns = hasValues ? setups.flatMap(columnsOf) : [];
  const hint = 'choose another topic';
  return [
    [keyOf(url, `${topic}/$status`), { name, what: 'sends its availability', hint }] as const,
    ...columns.map(column => {
      const what = `sends its column ${column.name}`;
      const known = { name, what, hint: `${hint}, or set values: false for ${name}` };
      return [keyOf(url, `${topic}/${column.name}`), known] as const;
    }),
  ];
}

/** The columns of another server are known when it answers: until then, the last level of a topic may be one of them. */
function mayBeBelow({ part, url, topic }: TopicNode, nodes: readonly TopicNode[]) {
  const end = topic.lastIndexOf('/');
  if (end < 0 || !COLUMN.test(topic.slice(end + 1))) return undefined;
  const key = keyOf(url, topic.slice(0, end));
  const above = nodes.find(
    node =>
      node.part !== part &&
      node.hasValues &&
      hasOtherSource(node.part) &&
      keyOf(node.url, node.topic) === key,
  );
  if (above === undefined) return undefined;
  const { name } = above.part;
  return {
    name,
    what: `may send a column of the other server named ${topic.slice(end + 1)}`,
    hint: `choose another topic, or set values: false for ${name}`,
  };
}

function hasOtherSource({ document, path }: DatasetNode): boolean {
  return isOtherSource(valueAt(document.value, [...path, 'source']));
}

function keyOf(url: unknown, topic: string): string {
  return JSON.stringify([url, topic]);
}
