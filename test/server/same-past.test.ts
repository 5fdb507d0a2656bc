import { afterEach, describe, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { EPOCH } from './asking.ts';
import { inMemory } from './datasets.ts';
import { RawClient } from './raw-client.ts';
import { SCRIPTED, ScriptedSource } from './scripted-source.ts';

/** More rows than several pieces hold, of `time`, `a`, `b`, `c` (8 + 8 + 4 + 4 bytes and a mark). */
const ROWS = 12_000;
const STRIDE = 28;

let server: Serving;
const clients: RawClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map(one => one.leave()));
  await server.close();
});

const row = (number: number) => [EPOCH + number, number / 3, number, number / 4];

/** The rows from one number to before another as any XDR encoder writes them. */
function encoded(from: number, to: number): Buffer {
  const bytes = Buffer.alloc((to - from) * STRIDE);
  for (let number = from, at = 0; number < to; number += 1, at += STRIDE) {
    bytes.writeUInt8(0x5a, at);
    bytes.writeDoubleBE(EPOCH + number, at + 4);
    bytes.writeDoubleBE(number / 3, at + 12);
    bytes.writeInt32BE(number, at + 20);
    bytes.writeFloatBE(number / 4, at + 24);
  }
  return bytes;
}

function printed(from: number, to: number): string {
  let text = '';
  for (let number = from; number < to; number += 1)
    text += `${EPOCH + number}, ${number / 3}, ${number}, ${Math.fround(number / 4)}\n`;
  return text;
}

async function ask(path: string): Promise<Buffer> {
  const client = new RawClient(server.port);
  clients.push(client);
  const { status, body } = await client.ask(path).answer();
  expect(status).toBe(200);
  return body;
}

describe('readers of the same past', () => {
  it('get its rows alike, wherever they begin and end and however often they were asked for', async () => {
    const device = new ScriptedSource();
    server = await serving({ datasets: [inMemory(SCRIPTED, device)] });
    await device.append(Array.from({ length: ROWS }, (_, number) => row(number)));
    for (const [from, to] of [
      [0, ROWS - 1],
      [0, ROWS - 1],
      [1, ROWS - 2],
      [5000, 9000],
      [5001, 9001],
      [0, ROWS - 1],
    ] as const) {
      const window = `time>=${EPOCH + from}&time<${EPOCH + to}`;
      const binary = await ask(`/scripted.dods?&${window}`);
      const begin = binary.indexOf('Data:\n') + 6;
      expect(binary.subarray(begin, -4).equals(encoded(from, to))).toBe(true);
      const text = (await ask(`/scripted.asc?&${window}`)).toString();
      expect(text.slice(text.indexOf('sensor.c\n') + 9)).toBe(printed(from, to));
      // The columns in another order are other bytes, and a clause that leaves rows out shares nothing.
      const some = (await ask(`/scripted.asc?b&b!=7&${window}`)).toString();
      const numbers = Array.from({ length: to - from }, (_, at) => from + at).filter(number => number !== 7);
      expect(some.slice(some.indexOf('sensor.b\n') + 9)).toBe(numbers.map(number => `${number}\n`).join(''));
    }
  });

  it('get the rows that are there when the log has gone on and its memory was used again', async () => {
    const device = new ScriptedSource();
    const bounds = { rows: ROWS, bytes: 1e9, age: 1e9 };
    server = await serving({ datasets: [inMemory(SCRIPTED, device, { bounds })] });
    for (let end = ROWS; end <= 3 * ROWS; end += ROWS / 4) {
      const from = end === ROWS ? 0 : end - ROWS / 4;
      await device.append(Array.from({ length: end - from }, (_, index) => row(from + index)));
      for (let time = 0; time < 3; time += 1) {
        const binary = await ask(`/scripted.dods?&time<${EPOCH + end - 1}`);
        const begin = binary.indexOf('Data:\n') + 6;
        expect(binary.subarray(begin, -4).equals(encoded(end - ROWS, end - 1))).toBe(true);
      }
    }
  });
});
