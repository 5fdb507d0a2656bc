// Names the shared definitions of a JSON Schema by the path of their key, so that a new kind of sensor renames none of them.

import type { JsonSchema } from '../schema/expected.ts';

type Definitions = Record<string, JsonSchema>;

const POINTER = '#/definitions/';

/**
 * The schema with its numbered definitions inlined where they are used once, and called by their path where they are used more often:
 * `datasets.sensors.bus`. A path says nothing of the kind of sensor, unless two definitions have the same one.
 */
export function withNamedDefinitions({ definitions = {}, ...schema }: JsonSchema): JsonSchema {
  const numbered = definitions as Definitions;
  const uses = new Map<string, number>();
  eachReference([schema, definitions], number => uses.set(number, (uses.get(number) ?? 0) + 1));
  const names = new Map<string, string>();
  const named: Definitions = {};

  const rewritten = (value: unknown, path: readonly string[], choice = ''): unknown => {
    if (Array.isArray(value)) return value.map(item => rewritten(item, path, choice));
    if (typeof value !== 'object' || value === null) return value;
    const { $ref, allOf, ...own } = value as JsonSchema;
    const only = allOf?.length === 1 ? (allOf[0] as JsonSchema).$ref : undefined;
    const number = ($ref ?? only)?.slice(POINTER.length);
    if (number !== undefined && uses.get(number) === 1) {
      return rewritten({ ...numbered[number]!, ...own }, path, choice);
    }
    if (number !== undefined) {
      const reference = { $ref: `${POINTER}${nameOf(number, path, choice)}` };
      return $ref === undefined ? { ...own, allOf: [reference] } : reference;
    }
    const inside = choiceOf(value as JsonSchema) ?? choice;
    const entries = Object.entries(value).map(([key, below]) => [
      key,
      key === 'properties'
        ? propertiesOf(below as Definitions, path, inside)
        : rewritten(below, path, inside),
    ]);
    return Object.fromEntries(entries);
  };

  const propertiesOf = (properties: Definitions, path: readonly string[], choice: string) =>
    Object.fromEntries(
      Object.entries(properties).map(([key, below]) => [key, rewritten(below, [...path, key], choice)]),
    );

  const nameOf = (number: string, path: readonly string[], choice: string): string => {
    const known = names.get(number);
    if (known !== undefined) return known;
    const short = path.join('.');
    const name = short in named ? [...path.slice(0, -1), choice, ...path.slice(-1)].join('.') : short;
    if (name in named) throw new Error(`expected one definition called ${name}, found two`);
    names.set(number, name);
    // The place is taken before what is inside is named.
    named[name] = {};
    named[name] = rewritten(numbered[number], path, choice) as JsonSchema;
    return name;
  };

  return { ...(rewritten(schema, []) as JsonSchema), definitions: named };
}

/** The kind of sensor, or the derivation, that a mapping is for. */
function choiceOf({ properties = {} }: JsonSchema): string | undefined {
  const { kind, by } = properties;
  const [chooser] = [kind, by].filter(schema => typeof schema === 'object');
  return typeof chooser?.const === 'string' ? chooser.const : undefined;
}

function eachReference(value: unknown, found: (number: string) => void): void {
  if (typeof value !== 'object' || value === null) return;
  const { $ref } = value as JsonSchema;
  if (typeof $ref === 'string') found($ref.slice(POINTER.length));
  for (const below of Object.values(value)) eachReference(below, found);
}
