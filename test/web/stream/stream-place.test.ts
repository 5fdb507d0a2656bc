import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StreamPlace } from '../../../web/stream/stream-place.ts';

const SERVER = 'http://pi:8080';

let place: StreamPlace;
let strangers: BroadcastChannel;
beforeEach(() => {
  vi.stubGlobal('location', { origin: 'http://another' });
  strangers = new BroadcastChannel(`dapberry streams of ${SERVER}`);
});
afterEach(() => {
  place.leave();
  strangers.close();
  vi.unstubAllGlobals();
});

/** The signs of `count` streams that have been open for long. */
const older = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ kind: 'here', id: `${index}`, since: index }));

it('gives its place to four older streams, and is not moved by messages of other programs', async () => {
  const changed = vi.fn();
  place = new StreamPlace(SERVER, changed);
  await place.enter();
  const malformed = older(8).map(({ kind, id, since }, index) => [
    { kind, id: index, since },
    { kind, id: `x${id}`, since: `${since}` },
    { kind: 'there', id: `y${id}`, since },
  ]);
  for (const message of [null, undefined, 'here', 7, [], {}, ...malformed.flat()])
    strangers.postMessage(message);
  for (const sign of older(3)) strangers.postMessage(sign);
  // An answer comes after all messages before the question.
  const answered = () =>
    new Promise(resolve => strangers.addEventListener('message', resolve, { once: true }));
  let answer = answered();
  strangers.postMessage({ kind: 'ask' });
  await answer;
  expect(place.mayStayOpen).toBe(true);
  expect(changed).not.toHaveBeenCalled();

  for (const sign of older(4)) strangers.postMessage(sign);
  answer = answered();
  strangers.postMessage({ kind: 'ask' });
  await answer;
  expect(place.mayStayOpen).toBe(false);
  strangers.postMessage({ kind: 'gone', id: '2' });
  await expect.poll(() => place.mayStayOpen).toBe(true);
  expect(changed).toHaveBeenCalledTimes(2);
});
