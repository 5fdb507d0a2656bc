// Checks that no dataset sends its rows to a topic at which another dataset sends the values of a column or its availability.

import { columnsOf, type SensorSetup } from '../../../device/index.ts';
import { problemAt } from '../mistakes/explain.ts';
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

/** @param setups the sensors of the datasets: the columns of other sources are known when they are open */
export function checkTopics(
  nodes: readonly TopicNode[],
  setups: ReadonlyMap<DatasetNode, readonly SensorSetup[]>,
): readonly Problem[] {
  const below = new Map(nodes.flatMap(node => topicsBelow(node, setups.get(node.part) ?? [])));
  return nodes.flatMap(node => {
    const other = below.get(keyOf(node.url, node.topic));
    if (other === undefined || other.name === node.part.name) return [];
    return [
      problemAt(node.part, node.path, 'key', {
        expected: 'a topic at which no other dataset sends anything',
        found: `${quoted(node.topic)}, at which the dataset ${other.name} sends ${other.what}`,
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
    [keyOf(url, `${topic}/$status`), { name, what: 'its availability', hint }] as const,
    ...columns.map(column => {
      const what = `its column ${column.name}`;
      const known = { name, what, hint: `${hint}, or set values: false for ${name}` };
      return [keyOf(url, `${topic}/${column.name}`), known] as const;
    }),
  ];
}

function keyOf(url: unknown, topic: string): string {
  return JSON.stringify([url, topic]);
}
