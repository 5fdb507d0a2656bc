// Tests the message with the layout of a dataset: names, types and attributes come back, and anything else is refused.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeAttributes, describeModel } from '../../../server/dataset/describe.ts';
import { decodeLayout, encodeLayout, layoutId, sequenceOf } from '../../../server/nats/layout-message.ts';
import { MessageError } from '../../../server/nats/row-message.ts';
import { LAYOUT, SCRIPTED } from '../scripted-source.ts';

const PUBLISHER = { owner: 'machine', session: 'start', host: 'pi-roof' };

const description = {
  model: describeModel(SCRIPTED, LAYOUT),
  attributes: describeAttributes(SCRIPTED, LAYOUT, { kind: 'scheduled', interval: 1 }),
  interval: 1,
};

const bytesOf = (text: string) => new TextEncoder().encode(text);
const message = encodeLayout(description, PUBLISHER);
const changed = (change: object) => bytesOf(JSON.stringify({ ...JSON.parse(message), ...change }));

function failureOf(bytes: Uint8Array): MessageError | undefined {
  try {
    decodeLayout(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof MessageError) return error;
    throw error;
  }
}

describe('a message with a layout', () => {
  it('gives back columns, attributes, interval and publisher', () => {
    const read = decodeLayout(bytesOf(message));
    expect(read).toMatchObject({ ...description, publisher: PUBLISHER });
    expect(sequenceOf(read)).toEqual(LAYOUT);
  });

  it('has an id that follows from the DDS, and from nothing else', () => {
    const { dds, layout } = JSON.parse(message) as { readonly dds: string; readonly layout: string };
    expect(layout).toBe(layoutId(dds));
    const retitled = describeAttributes({ ...SCRIPTED, title: 'Other' }, LAYOUT, { kind: 'pushed' });
    const other = encodeLayout({ ...description, attributes: retitled }, PUBLISHER);
    expect(JSON.parse(other)).toMatchObject({ layout });
  });

  it('may have further fields, which later programs write', () => {
    expect(failureOf(changed({ further: true }))).toBeUndefined();
  });

  it.each([
    ['version', { version: 2 }, 'found version 2'],
    ['foreign', { version: 'x' }, 'a mistake in version'],
    ['foreign', { publisher: undefined }, 'a mistake in publisher'],
    ['damaged', { layout: '0000000000000000' }, 'expected a DDS with the id 0000000000000000'],
  ] as const)('is refused as %s where %o', (reason, change, text) => {
    expect(failureOf(changed(change))).toMatchObject({ reason, message: expect.stringContaining(text) });
  });

  it.each([
    ['an Array', 'Dataset {\n  Float64 v[3];\n} x;\n', 'found Array v'],
    [
      'a column of text',
      'Dataset {\n  Sequence { Float64 time; String s; } sensor;\n} x;\n',
      'found String s',
    ],
    ['a whole-number time', 'Dataset {\n  Sequence { Int32 time; } sensor;\n} x;\n', 'found Int32'],
  ])('is refused with %s, which rows of numbers can not have', (_what, dds, text) => {
    const failure = failureOf(changed({ dds, layout: layoutId(dds) }));
    expect(failure).toMatchObject({ reason: 'damaged', message: expect.stringContaining(text) });
  });

  it('gives a MessageError for any other bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), bytes => failureOf(bytes) !== undefined));
    fc.assert(fc.property(fc.json(), json => failureOf(bytesOf(json)) !== undefined));
  });
});
