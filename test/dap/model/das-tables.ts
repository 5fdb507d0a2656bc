// Makes and reads single attributes for the tests of the DAS.

import { type Attribute, type AttributeTable, attributeTable } from '../../../dap/model/attributes.ts';
import { parseDas, printDas } from '../../../dap/model/das.ts';
import { DapSyntaxError } from '../../../dap/model/text-scanner.ts';

export function attribute(type: Attribute['type'], ...values: readonly (number | string)[]): Attribute {
  return { type, values };
}

/** The attributes of a table that holds `text`. */
export function read(text: string): AttributeTable {
  return attributeTable(parseDas(`Attributes {\n  v {\n${text}\n  }\n}\n`), 'v') ?? new Map();
}

/** The values that the one attribute written as `text` has. */
export function valuesOf(text: string): readonly (number | string)[] | undefined {
  const [found] = read(text).values();
  return found instanceof Map ? undefined : found?.values;
}

/** How one attribute is written in a DAS. */
export function written(type: Attribute['type'], ...values: readonly (number | string)[]): string {
  const das = printDas(new Map([['v', new Map([['a', attribute(type, ...values)]])]]));
  return das.slice('Attributes {\n    v {\n        '.length, -'\n    }\n}\n'.length);
}

export function syntaxError(text: string): DapSyntaxError {
  try {
    parseDas(text);
  } catch (error) {
    if (error instanceof DapSyntaxError) return error;
    throw error;
  }
  throw new Error(`no syntax error in ${JSON.stringify(text)}`);
}
