// How is a sensor written into a configuration? As an entry of `sensors`, in YAML as a person would write it.

import { Document, isCollection, isScalar, type Node } from 'yaml';
import type { SensorKind } from '../../../device/index.ts';
import { isHexadecimal, jsonSchemaOf } from '../schema/expected.ts';

/** A kind, and the file that it is in, where that is no file of the project. */
export interface EntryKind {
  readonly kind: SensorKind;
  readonly driver?: string | undefined;
}

/** The keys of one entry, a line each: `kind: lm75`, `address: 0x49`. */
export function entryLines(
  { kind, driver }: EntryKind,
  options: Readonly<Record<string, unknown>>,
  name?: string,
): readonly string[] {
  const { properties = {} } = jsonSchemaOf(kind.options);
  const which = driver === undefined ? { kind: kind.name } : { driver };
  const document = new Document({ ...which, ...(name === undefined ? {} : { name }) });
  for (const [key, value] of Object.entries(options)) {
    const node: Node = document.createNode(value);
    const schema = properties[key];
    if (isCollection(node)) node.flow = true;
    if (isScalar(node) && typeof schema === 'object' && isHexadecimal(schema)) node.format = 'HEX';
    document.set(key, node);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd().split('\n');
}
