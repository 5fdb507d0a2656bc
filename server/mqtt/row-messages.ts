// Makes the messages of a row: the row as JSON at the topic, and the value of each column at a topic below it.

import type { Sequence } from '../../dap/protocol.ts';
import { jsonEncoder, objectFrame } from '../formats/json-rows.ts';
import type { SinkDataset, SinkRows } from '../publish/sink.ts';

export interface Message {
  readonly topic: string;
  readonly payload: string;
}

/** Text in place of a missing value: what people and programs write for it. */
const NO_VALUE = 'NaN';

/**
 * The topic of the values of a column. Columns of another server may have any name: what means something in a topic, or may not
 * be in one, is percent-encoded.
 */
export function columnTopic(topic: string, name: string): string {
  return `${topic}/${name.replace(/[+#/$%\p{Cc}]/gu, char => encodeURIComponent(char))}`;
}

/** Makes the messages of one row of a batch, the whole row first. */
export type RowMessages = (batch: SinkRows['batch'], row: number) => readonly Message[];

/** @param hasValues whether each column besides the time has a message of its own */
export function rowMessages(
  { model, attributes }: Pick<SinkDataset, 'model' | 'attributes'>,
  topic: string,
  hasValues: boolean,
): RowMessages {
  const sequence = model.variables[0] as Sequence;
  const names = sequence.fields.map(({ name }) => name);
  const { encode } = jsonEncoder(sequence, attributes, 'epoch', objectFrame(sequence));
  const decoder = new TextDecoder();
  return (batch, row) => {
    const payload = decoder.decode(encode(batch, row, row + 1)).trimEnd();
    const whole = { topic, payload };
    if (!hasValues) return [whole];
    const values = JSON.parse(payload) as Readonly<Record<string, number | null>>;
    return [
      whole,
      ...names.slice(1).map(name => ({
        topic: columnTopic(topic, name),
        payload: values[name] === null ? NO_VALUE : String(values[name]),
      })),
    ];
  };
}
