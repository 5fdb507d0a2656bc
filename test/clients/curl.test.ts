import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';

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
});
