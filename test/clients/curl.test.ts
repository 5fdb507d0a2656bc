import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';
import { documentedCommand, runInShell } from './programs.ts';

describeWith('curl', 'curl', () => {
  let server: Serving;

  beforeAll(async () => {
    server = await serving({ interval: 1 });
  });
  afterAll(() => server.close());

  it('-N shows a row a second, from the first second on', async () => {
    const curl = spawn(tools.curl!, ['-sN', `${server.url}/.asc?sensor.time,sensor.temperature`]);
    const started = performance.now();
    const arrived: number[] = [];
    for await (const line of createInterface(curl.stdout)) {
      if (/^\d/.test(line)) arrived.push(performance.now() - started);
      if (arrived.length === 4) break;
    }
    curl.kill();
    await once(curl, 'close');
    expect(arrived[0]).toBeLessThan(1500);
    for (const [index, at] of arrived.slice(1).entries()) {
      expect(at - arrived[index]!).toBeGreaterThan(700);
      expect(at - arrived[index]!).toBeLessThan(1300);
    }
  });

  it('gives a table of the past for the command of the documentation', async () => {
    await fetch(`${server.url}/roberrypi.asc?time[0:1:1]`).then(answer => answer.text());
    const { stdout, code } = await runInShell(
      documentedCommand('curl -sg').replace('http://localhost:8080', server.url),
    );
    expect(code).toBe(0);
    const [head, ...rows] = stdout.trim().split('\n');
    expect(head).toBe('sensor.time, sensor.temperature');
    expect(rows.length).toBeGreaterThanOrEqual(2);
    for (const row of rows) expect(row).toMatch(/^\d+(\.\d+)?, \d+(\.\d+)?$/);
  });
});
