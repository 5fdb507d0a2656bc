// Says of a query that could not be read which of its parts may be meant as an option, such as `header=names`.

import { nearest } from '../../dap/model/nearest.ts';
import type { ResponseFormat } from '../../dap/protocol.ts';

/** A clause `NAME=WORD`, or `NAME=`, of a query as it was sent. */
const CLAUSE = /(?:^|&|%26)([a-z]\w*)(?:=|%3D)([a-z]\w*)?(?=&|%26|$)/gi;

/**
 * The hint behind an error, with the separator before it; empty if no part looks like an option.
 * @param format the format that was asked for; `formats` are all
 * @param columns the names of the columns of the dataset: a clause about one is a condition
 */
export function optionHint(
  query: string,
  { suffix, options = [] }: ResponseFormat,
  formats: readonly ResponseFormat[],
  columns: readonly string[],
): string {
  for (const [, name = '', word] of query.matchAll(CLAUSE)) {
    const own = options.find(option => option.name === name);
    if (own !== undefined && word === undefined)
      return `; option "${name}": expected one of ${own.values.join(', ')}, found nothing`;
    if (own !== undefined || columns.includes(name)) continue;
    const others = formats.filter(format => format.options?.some(option => option.name === name));
    if (others.length > 0)
      return `; "${name}" is an option of ${others.map(format => format.suffix).join(', ')}, not of ${suffix}`;
    const near = nearest(
      name,
      options.map(option => option.name),
    );
    if (near !== undefined) return `; did you mean the option "${near}"?`;
  }
  return '';
}
