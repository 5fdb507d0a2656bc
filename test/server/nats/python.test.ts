// Tests the message against a program that shares no code with the project: the reader in Python of docs/fleet.md.

import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { textOf } from '../../sources.ts';
import { describeWith, tools } from '../../tools.ts';
import { FEWER, fewerRows, now, STREAM, sinkRows } from './fleet.ts';
import { broker, closeAfterEach, closing, session, signal, taken } from './rig.ts';

closeAfterEach();

describeWith(['nats-server', 'python3'], 'the reader in Python of docs/fleet.md', () => {
  it('prints the rows that are there, also those of a former layout, and each new one', async () => {
    const server = await broker();
    const one = await session([server.url]);
    const from = now() - 100.5;
    const rows = [
      [from, 21.125, -7, 0.5],
      [from + 1, Number.NaN, 2 ** 31 - 1, 1],
      [from + 2.000001, -0, 0, 2],
      [from + 3, 1e-300, -(2 ** 31), 3],
    ];
    await one.send(sinkRows(rows.slice(0, 2)), signal, taken);
    // The columns change: each message names its layout.
    const fewer = await session([server.url], 'roof', {}, { layout: FEWER });
    await fewer.send(fewerRows(rows.slice(2, 3)), signal, taken);
    const again = await session([server.url]);
    const script = join(server.folder, 'reader.py');
    const [, code = ''] = /```python\n([\s\S]*?)```/.exec(textOf('docs/fleet.md')) ?? [];
    await writeFile(script, code);
    const words = ['-u', script, '127.0.0.1', String(server.port), STREAM, 'roof'];
    const reader = spawn(tools.python3!, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    closing({ close: async () => reader.kill() });
    const lines: string[] = [];
    for await (const line of createInterface({ input: reader.stdout })) {
      lines.push(line);
      if (lines.length === 3) await again.send(sinkRows(rows.slice(3)), signal, taken);
      if (lines.length === 4) break;
    }
    expect(lines.map(line => line.split(' ').map(Number))).toEqual(
      rows.map(([time, value]) => [time, value]),
    );
  });
});
