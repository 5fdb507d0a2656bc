// Messages of brokers: rows and layouts of a fleet, and what devices say at topics.

import { isAvailable, numberOf, pointerKeys, valueBelow } from '../../../device/sensors/mqtt-values.ts';
import { describeAttributes, describeModel } from '../../../server/dataset/describe.ts';
import { decodeLayout, encodeLayout, layoutId, sequenceOf } from '../../../server/nats/layout-message.ts';
import { MessageError, RowCodec, readHeader } from '../../../server/nats/row-message.ts';
import { DEVICES } from '../../device/faults/mqtt-messages.ts';
import { batchOf, LAYOUT, SCRIPTED } from '../../server/scripted-source.ts';
import { allows, bytesOfText, type Target, textOfBytes } from '../target.ts';

const CODEC = new RowCodec(layoutId(''), LAYOUT);
const ROWS = CODEC.encode(
  batchOf([
    [1_764_000_000.25, Number.NaN, -7, 0.5],
    [1_764_000_001.25, 1e-300, 7, 3],
  ]),
  Number.NaN,
);
const PUBLISHER = { owner: 'machine', session: 'start', host: 'pi-roof' };

export const messages: Target = {
  name: 'messages',
  seeds: () => [
    ROWS,
    bytesOfText(
      encodeLayout(
        {
          model: describeModel(SCRIPTED, LAYOUT),
          attributes: describeAttributes(SCRIPTED, LAYOUT, { kind: 'scheduled', interval: 1 }),
          interval: 1,
        },
        PUBLISHER,
      ),
    ),
    ...DEVICES.map(({ payload }) => bytesOfText(payload)),
  ],
  run(bytes) {
    const layout = allows([MessageError], () => decodeLayout(bytes));
    if (layout !== undefined) sequenceOf(layout);
    allows([MessageError], () => readHeader(bytes));
    const rows = allows([MessageError], () => CODEC.decode(bytes));
    if (rows !== undefined && rows.batch.length !== rows.rows)
      throw new Error('expected as many rows as announced');
    const text = textOfBytes(bytes);
    isAvailable(text);
    const keys = pointerKeys(text);
    for (const json of [text, ...jsonOf(text)]) {
      for (const pointer of [keys ?? [], ['temperature'], ['ENERGY', 'Factor', '1']]) {
        const { value } = valueBelow(json, pointer);
        const number = numberOf(value, { ON: 1, OFF: 0 });
        if (number !== undefined && !Number.isNaN(number) && !Number.isFinite(number))
          throw new Error(`expected a finite number, NaN or none, found ${number}`);
      }
    }
  },
};

function jsonOf(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
