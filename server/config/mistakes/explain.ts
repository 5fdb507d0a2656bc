// Explains the schema library's issues as problems with a position, what was expected, what was found and a hint.

import type { z } from 'zod';
import { nearest } from '../../../dap/model/nearest.ts';
import { hexByte } from '../../../device/index.ts';
import {
  choicesOf,
  expectationOf,
  firstKeysOf,
  hasDriver,
  isHexadecimal,
  type JsonSchema,
  mappingBranch,
  schemaAt,
} from '../schema/expected.ts';
import { isMapping } from '../text/dataset-node.ts';
import type { Document } from '../text/document.ts';
import { type Problem, pathText, quoted, type Step } from '../text/problem.ts';
import { insteadOfHistory } from './known-histories.ts';
import { insteadOfKind } from './known-parts.ts';

/** The booleans of YAML 1.1. */
const OLD_BOOLEANS: Readonly<Record<string, string>> = {
  ...{ yes: 'true', on: 'true', y: 'true', no: 'false', off: 'false', n: 'false' },
};

/** A node of a document, and the schema that it was validated with. */
export interface DocumentNode {
  readonly document: Document;
  readonly schema: JsonSchema;
  /** The document's path in the configuration: the file of one dataset lies below the dataset's name. */
  readonly prefix: readonly Step[];
  /** The node's path in the document; by default the whole document. */
  readonly base?: readonly Step[];
}

/** Turns issues of the schema library into problems. */
export function explainIssues(part: DocumentNode, issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.flatMap(issue => {
    const path = issue.path.filter(step => typeof step !== 'symbol');
    if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(part, path, key));
    if (issue.code === 'invalid_key') return [wrongKey(part, path)];
    if (issue.code === 'custom') return [refused(part, path, issue)];
    const meant = issue.code === 'invalid_union' ? meantBranch(part, path, issue) : undefined;
    if (meant === undefined) return [wrongValue(part, path)];
    return explainIssues(
      part,
      meant.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] })),
    );
  });
}

/** The issues of the branch that a mapping is meant for: a sensor of a kind or of a driver, or the mapping that has its first key. */
function meantBranch(
  part: DocumentNode,
  path: readonly Step[],
  { errors }: z.core.$ZodIssueInvalidUnion,
): readonly z.core.$ZodIssue[] | undefined {
  const value = valueIn(part, path);
  if (!isMapping(value)) return undefined;
  const key = path.at(-1);
  if (typeof key !== 'string') return errors[hasDriver(value) ? 1 : 0];
  const union = schemaIn(part, path.slice(0, -1))?.properties?.[key];
  const index = typeof union === 'object' ? mappingBranch(union, value) : 0;
  return index === undefined ? undefined : errors[index];
}

/** The problem of a refinement, in the words of its `params`, of its schema, or of its message. */
function refused(
  part: DocumentNode,
  path: readonly Step[],
  { params, message }: z.core.$ZodIssueCustom,
): Problem {
  const { expected, found, hint } = (params ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof expected === 'string' && typeof found === 'string') {
    return problemAt(part, inDocument(part, path), 'value', { expected, found });
  }
  const wrong = wrongValue(part, path);
  const usual = typeof hint === 'string' ? { ...wrong, hint } : wrong;
  const { expected: ofAll } = schemaIn(part, path) ?? {};
  return typeof ofAll === 'string' || message === NO_MESSAGE ? usual : { ...usual, expected: message };
}

/** The default message of the schema library. */
const NO_MESSAGE = 'Invalid input';

function inDocument({ base = [] }: DocumentNode, path: readonly Step[]): readonly Step[] {
  return [...base, ...path];
}

function valueIn(part: DocumentNode, path: readonly Step[]): unknown {
  return valueAt(part.document.value, inDocument(part, path));
}

function schemaIn(part: DocumentNode, path: readonly Step[]): JsonSchema | undefined {
  return schemaAt(part.schema, valueIn(part, []), path);
}

/** A problem at a path of the node's document. */
export function problemAt(
  { document, prefix }: Pick<DocumentNode, 'document' | 'prefix'>,
  path: readonly Step[],
  on: 'key' | 'value',
  said: Pick<Problem, 'expected' | 'found' | 'hint'>,
): Problem {
  const { hint, expected, found } = said;
  const odd = document.oddIn(path, on);
  return {
    source: document.source,
    ...document.positionOf(path, on),
    path: pathText([...prefix, ...path]),
    expected,
    found: odd === undefined ? found : `${found} with ${odd}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Such as `did you mean "port"?`; undefined if no known word is near. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  const meant = nearest(word, known);
  return meant === undefined ? undefined : `did you mean ${quoted(meant)}?`;
}

function unknownKey(part: DocumentNode, path: readonly Step[], key: string): Problem {
  const schema = schemaIn(part, path);
  const known = Object.keys(schema?.properties ?? {});
  const hint = levelBelow(schema, key) ?? suggestion(key, known);
  const expected = `one of the keys ${known.join(', ')}`;
  return problemAt(part, inDocument(part, [...path, key]), 'key', {
    expected,
    found: quoted(key),
    ...(hint && { hint }),
  });
}

/** Where a key belongs that was written one level too high, or two levels if a name lies between. */
function levelBelow(schema: JsonSchema | undefined, key: string): string | undefined {
  for (const [name, inside] of Object.entries(schema?.properties ?? {})) {
    const { properties, additionalProperties } = inside as JsonSchema;
    if (properties !== undefined && Object.hasOwn(properties, key)) return `it belongs below "${name}"`;
    const { properties: named } = (additionalProperties || {}) as JsonSchema;
    if (named !== undefined && Object.hasOwn(named, key)) return `it belongs below a name in "${name}"`;
  }
  return undefined;
}

function wrongKey(part: DocumentNode, path: readonly Step[]): Problem {
  const mapping = schemaIn(part, path.slice(0, -1));
  const names = mapping?.propertyNames;
  const expected = typeof names === 'object' ? expectationOf(names) : 'another key';
  return problemAt(part, inDocument(part, path), 'key', { expected, found: quoted(String(path.at(-1))) });
}

function wrongValue(part: DocumentNode, path: readonly Step[]): Problem {
  const value = valueIn(part, path);
  const schema = schemaIn(part, path) ?? {};
  const expected = expectationOf(schema);
  const firsts = isMapping(value) ? firstKeysOf(schema) : [];
  if (isMapping(value) && firsts.length > 0) {
    const keys = Object.keys(value);
    const [hint] = keys.flatMap(key => suggestion(key, firsts) ?? []);
    const found = keys.length === 0 ? 'an empty mapping' : `a mapping with ${keys.map(quoted).join(', ')}`;
    return problemAt(part, inDocument(part, path), 'value', { expected, found, ...(hint && { hint }) });
  }
  const isKind = path.at(-1) === 'kind' && typeof value === 'string' && schema.type === 'string';
  const hint =
    (isKind ? insteadOfKind(value) : undefined) ??
    insteadOfHistory(path.at(-1), value) ??
    hintFor(schema, value);
  return problemAt(part, inDocument(part, path), value === null ? 'key' : 'value', {
    expected,
    // In hexadecimal too, as the message expects it.
    found:
      isHexadecimal(schema) && Number.isInteger(value)
        ? `${value} (${hexByte(Number(value))})`
        : foundText(value),
    ...(hint && { hint }),
  });
}

export function valueAt(value: unknown, path: readonly Step[]): unknown {
  return path.reduce<unknown>((inside, step) => {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, step)) return undefined;
    return (inside as Readonly<Record<Step, unknown>>)[step];
  }, value);
}

/** A value as a message shows it. */
export function foundText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return listText(value);
  return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
}

/** Without line breaks and control characters, so that a message stays on its line. */
const PLAIN = /^[\p{L}\p{N}\p{P}\p{S} ]{0,19}$/u;

/** The entries of a short list of numbers and words, or the words `a list`. */
function listText(list: readonly unknown[]): string {
  if (list.length === 0) return 'an empty list';
  const plain = list.every(entry => typeof entry !== 'object' && PLAIN.test(String(entry)));
  return plain && list.length <= 4 ? `[${list.join(', ')}]` : 'a list';
}

/** The hint for a word or a number in the place of a list. */
function oneEntry(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? 'write it as a list, in [ ]' : undefined;
}

/** How to fix a common mistake. */
function hintFor(schema: JsonSchema, value: unknown): string | undefined {
  const mapping = schema.type === 'object' || schema.oneOf !== undefined;
  const bare = schema.type === 'boolean' || schema.type === 'integer' || schema.type === 'number';
  if (value === null && (mapping || schema.type === 'array')) {
    return 'indent its contents below it';
  }
  if (Array.isArray(value) && mapping) return 'remove the "-" before its keys';
  if (schema.type === 'array') return isMapping(value) ? 'begin each entry with "- "' : oneEntry(value);
  if (schema.type === 'string' && ['number', 'boolean'].includes(typeof value)) return 'put it in quotes';
  if (typeof value !== 'string') return undefined;
  if (mapping && /^[\w-]+:\S/.test(value)) return 'put a space after the colon';
  if (schema.type === 'boolean') {
    const meant = OLD_BOOLEANS[value.toLowerCase()] ?? nearest(value, ['true', 'false']);
    if (meant !== undefined) return meant === value ? 'remove the quotes' : `did you mean ${meant}?`;
  }
  if (bare && /^[ -~]+$/.test(value) && value.trim() !== '' && Number.isFinite(Number(value)))
    return 'remove the quotes';
  if (/^-?\d+,\d+( ?\w+)?$/.test(value)) return 'write a point for the decimal comma';
  return suggestion(value, choicesOf(schema));
}
