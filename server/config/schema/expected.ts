// Describes in words what the schema expects at a path, for error messages and for the reference.

import { z } from 'zod';

/** The result of `z.toJSONSchema`; `expected` describes a schema whose type does not say enough. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The schema of the written values, before defaults are filled in. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  // Options of a driver that JSON cannot express accept any value.
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

/** Whether the schema's `base` says that a number is written in hexadecimal. */
export function isHexadecimal({ base }: JsonSchema): boolean {
  return base === 16;
}

/** The bound that the schema library gives every whole number. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

/** Describes the values that a schema accepts, such as `a whole number from 0 to 65535`. */
export function expectationOf(schema: JsonSchema): string {
  const { expected } = schema;
  if (typeof expected === 'string') return expected;
  if (schema.const !== undefined) return String(schema.const);
  const words = schema.enum;
  if (words !== undefined) return words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`;
  switch (schema.type) {
    case 'integer':
    case 'number':
      return numberExpectation(schema);
    case 'string':
      return schema.minLength === undefined ? 'a text' : 'a text that is not empty';
    case 'boolean':
      return 'true or false';
    case 'array':
      return (schema.minItems ?? 0) > 0 ? 'a list of one entry or more' : 'a list';
    case 'object':
      return (schema.minProperties ?? 0) > 0 ? 'a mapping of one key or more' : 'a mapping';
    default:
      return schema.oneOf === undefined ? 'a value' : 'a mapping';
  }
}

function numberExpectation({ type, minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  const low = minimum === -NO_BOUND ? undefined : minimum;
  const high = maximum === NO_BOUND ? undefined : maximum;
  if (exclusiveMinimum !== undefined) {
    return `${kind} above ${exclusiveMinimum}${high === undefined ? '' : `, at most ${high}`}`;
  }
  if (low !== undefined && high !== undefined) return `${kind} from ${low} to ${high}`;
  if (low !== undefined) return `${kind} of ${low} or more`;
  return high === undefined ? kind : `${kind} of ${high} or less`;
}

/** The words of a choice; empty for other schemas. */
export function choicesOf(schema: JsonSchema): readonly string[] {
  if (schema.type === 'boolean') return ['true', 'false'];
  return (schema.enum ?? (schema.const === undefined ? [] : [schema.const])).map(String);
}

/** The schema below; undefined if there is none. The JSON schemas `true` and `false` are not used here. */
function schemaOf(schema: unknown): JsonSchema | undefined {
  return typeof schema === 'object' && schema !== null ? (schema as JsonSchema) : undefined;
}

/**
 * The schema of the value at `path` in `value`; undefined for an unknown path. The value chooses among the kinds of sensors
 * or derivations; if it names none, the schema has the keys that all of them share.
 */
export function schemaAt(
  schema: JsonSchema,
  value: unknown,
  path: readonly (string | number)[],
): JsonSchema | undefined {
  const chosen = chosenBranch(schema, value);
  const [step, ...rest] = path;
  if (step === undefined) return chosen;
  const inside = (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[step];
  const next =
    typeof step === 'number'
      ? (schemaOf(chosen.items) ?? schemaOf(chosen.prefixItems?.[step]))
      : (schemaOf(chosen.properties?.[step]) ?? schemaOf(chosen.additionalProperties));
  return next === undefined ? undefined : schemaAt(next, inside, rest);
}

/** The keys that choose among several mappings: the `kind` of a sensor, and `by` of a derived column. */
const CHOOSERS = ['kind', 'by'] as const;

/** Whether a sensor comes from a driver; without a driver it counts as one of a kind. */
export function hasDriver(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'driver');
}

/**
 * The index of the branch of a union that a mapping is meant for: the one whose first key it has, or the only mapping among the
 * branches. Undefined for another value or another union.
 */
export function mappingBranch({ anyOf = [] }: JsonSchema, value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const mappings = (anyOf as readonly JsonSchema[]).flatMap(({ properties }, index) =>
    properties === undefined ? [] : [{ index, first: Object.keys(properties)[0]! }],
  );
  const [only, ...others] = mappings;
  const meant = mappings.find(({ first }) => Object.hasOwn(value, first));
  return (meant ?? (others.length === 0 ? only : undefined))?.index;
}

/** The keys by which a mapping chooses among several mappings of a union; none where there is no choice. */
export function firstKeysOf({ anyOf = [] }: JsonSchema): readonly string[] {
  const firsts = (anyOf as readonly JsonSchema[]).flatMap(
    ({ properties = {} }) => Object.keys(properties)[0] ?? [],
  );
  return firsts.length > 1 ? firsts : [];
}

function chosenBranch(schema: JsonSchema, value: unknown): JsonSchema {
  const [ofKind, ofDriver] = (schema.anyOf ?? []) as readonly JsonSchema[];
  if (ofKind?.oneOf !== undefined) {
    return ofDriver !== undefined && hasDriver(value) ? ofDriver : chosenBranch(ofKind, value);
  }
  const mapping = mappingBranch(schema, value);
  if (mapping !== undefined) return (schema.anyOf as readonly JsonSchema[])[mapping]!;
  const branches = (schema.oneOf ?? []) as readonly JsonSchema[];
  const [first] = branches;
  if (first === undefined) return schema;
  const chooser = CHOOSERS.find(key => schemaOf(first.properties?.[key])?.const !== undefined);
  if (chooser === undefined) return schema;
  const choiceOf = ({ properties }: JsonSchema) => schemaOf(properties?.[chooser])?.const;
  const choice = (value as Readonly<Record<string, unknown>> | null | undefined)?.[chooser];
  const branch = branches.find(candidate => choiceOf(candidate) === choice);
  if (branch !== undefined) return branch;
  const choices = branches.map(choiceOf).filter(name => typeof name === 'string');
  return {
    type: 'object',
    properties: { ...first.properties, [chooser]: { type: 'string', enum: choices } },
  };
}
