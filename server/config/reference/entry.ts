// Writes a sensor as an entry of `sensors` in a configuration, in YAML as a person would write it.

import { Document, isCollection, isScalar, type Node } from 'yaml';
import type { SensorKind } from '../../../device/index.ts';
import { isHexadecimal, jsonSchemaOf } from '../schema/expected.ts';

/** A kind, with the file of its driver if it is not the project's own. */
export interface EntryKind {
  readonly kind: SensorKind;
  readonly driver?: string | undefined;
}

/** The keys of one entry, one per line: `kind: lm75`, `address: 0x49`. */
export function entryLines(
  { kind, driver }: EntryKind,
  options: Readonly<Record<string, unknown>>,
  { name, title }: { readonly name?: string | undefined; readonly title?: string | undefined } = {},
): readonly string[] {
  const { properties = {} } = jsonSchemaOf(kind.options);
  const which = driver === undefined ? { kind: kind.name } : { driver };
  const document = new Document({
    ...which,
    ...(name === undefined ? {} : { name }),
    ...(title === undefined ? {} : { title }),
  });
  for (const [key, value] of Object.entries(options)) {
    const node: Node = document.createNode(value);
    const schema = properties[key];
    if (isCollection(node)) node.flow = true;
    if (isScalar(node) && typeof schema === 'object' && isHexadecimal(schema)) node.format = 'HEX';
    document.set(key, node);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd().split('\n');
}
