// Reads the rows of a server, as batches or as lines of text while they come.

import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect } from 'vitest';
import { type Batch, decodeAll } from '../../dap/index.ts';
import type { Serving } from '../serving.ts';

/** The rows of a finite response, and the names of their columns. */
export async function rowsOf({ url }: Serving, path: string): Promise<{ names: string[]; batch: Batch }> {
  const answer = await fetch(`${url}/${path}`);
  expect(answer.status).toBe(200);
  const { dataset, values } = decodeAll(new Uint8Array(await answer.arrayBuffer()));
  const [sequence] = dataset.variables;
  if (sequence?.type !== 'Sequence') throw new Error('no Sequence');
  return { names: sequence.fields.map(({ name }) => name), batch: values[0] as Batch };
}

/** The rows of a batch, one list of values for each. */
export const listed = ({ length, columns }: Batch): unknown[][] =>
  Array.from({ length }, (_, row) => columns.map(column => column[row]));

/** Lines of rows as they come, which must end with a complete response. */
export async function* lines({ url }: Serving, path: string): AsyncGenerator<string, void> {
  const asked = get(`${url}/${path}`, { agent: false });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  try {
    for await (const chunk of answer) {
      text += String(chunk);
      const parts = text.split('\n');
      text = parts.pop()!;
      for (const line of parts) if (/^-?\d/.test(line)) yield line;
    }
    expect(answer.complete).toBe(true);
  } finally {
    asked.destroy();
  }
}
