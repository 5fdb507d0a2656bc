import { expect, it } from 'vitest';
import { serialQueues } from '../../../device/host/serial.ts';

/** Work that begins and ends when the test says so, and records both. */
function workOf(said: string[], name: string) {
  let end = () => {};
  const ended = new Promise<void>(resolve => {
    end = resolve;
  });
  const work = async () => {
    said.push(`${name} begins`);
    await ended;
    said.push(`${name} ends`);
    return name;
  };
  return { work, end };
}

const turn = () => new Promise(resolve => setImmediate(resolve));

it('a queue runs one job at a time, in order', async () => {
  const said: string[] = [];
  const serial = serialQueues();
  const [first, second] = [workOf(said, 'first'), workOf(said, 'second')];
  const both = [serial('i2c-1', first.work), serial('i2c-1', second.work)];
  second.end();
  await turn();
  expect(said).toEqual(['first begins']);
  first.end();
  expect(await Promise.all(both)).toEqual(['first', 'second']);
  expect(said).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});

it('another bus does not wait for it', async () => {
  const said: string[] = [];
  const serial = serialQueues();
  const [slow, quick] = [workOf(said, 'slow'), workOf(said, 'quick')];
  const waiting = serial('i2c-1', slow.work);
  quick.end();
  expect(await serial('i2c-3', quick.work)).toBe('quick');
  slow.end();
  await waiting;
});

it('a failed job does not stop the next ones', async () => {
  const serial = serialQueues();
  const failing = serial('i2c-1', () => Promise.reject(new Error('broken')));
  const next = serial('i2c-1', async () => 'next');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('next');
});

it('an aborted job does not begin, and the next job still waits for an aborted one that runs', async () => {
  const said: string[] = [];
  const serial = serialQueues();
  const stop = new AbortController();
  const first = workOf(said, 'first');
  const asked = [serial('i2c-1', first.work, stop), serial('i2c-1', workOf(said, 'second').work, stop)];
  const third = serial('i2c-1', async () => said.push('third begins'));
  await turn();
  stop.abort(new Error('enough'));
  for (const result of asked) await expect(result).rejects.toThrow('enough');
  await turn();
  expect(said).toEqual(['first begins']);
  first.end();
  await third;
  expect(said).toEqual(['first begins', 'first ends', 'third begins']);
});
