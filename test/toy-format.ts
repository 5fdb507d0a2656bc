// A row format that no server has: tests add it to the list, and look for it everywhere.

import type { RowFormat } from '../server/formats/row-format.ts';

const utf8 = new TextEncoder();

/** Writes each row as the number of its columns: `3;`. Its encoder takes a while to load. */
export const TOY: RowFormat = {
  suffix: '.toy',
  aliases: ['.toys'],
  mediaType: 'text/x-toy; charset=utf-8',
  description: 'toy-rows',
  label: 'toys',
  summary: 'each row as the number of its columns',
  constrainedBy: 'constraint',
  name: 'toy',
  isDownload: true,
  async open({ plan: { sequence }, attributes }) {
    await new Promise(resolve => setTimeout(resolve, 20));
    return {
      head: utf8.encode(`${sequence.name} ${attributes.has(sequence.name) ? 'described' : 'unknown'}:`),
      encode: (batch, from = 0, to = batch.length) =>
        utf8.encode(`${sequence.fields.length};`.repeat(to - from)),
      end: utf8.encode('.'),
      rowBytes: 8,
    };
  },
};
