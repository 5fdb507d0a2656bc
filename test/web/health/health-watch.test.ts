import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HealthWatch } from '../../../web/health/health-watch.ts';

const HEALTH = { datasets: [] };

class Page extends EventTarget {
  visibilityState = 'visible';

  become(state: string): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: Page;
/** When the server was asked, in seconds since the beginning. */
let asked: number[];
let told: unknown[];
let answer: () => Response | Promise<Response>;
let watch: HealthWatch;

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

beforeEach(async () => {
  vi.useFakeTimers();
  const begin = Date.now();
  page = new Page();
  asked = [];
  told = [];
  answer = () => Response.json(HEALTH);
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('fetch', async (_url: string, { signal }: RequestInit) => {
    asked.push((Date.now() - begin) / 1000);
    return Promise.race([
      answer(),
      new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason))),
    ]);
  });
  watch = new HealthWatch(
    'http://pi/health',
    health => told.push(health),
    () => told.push('no answer'),
  );
  await seconds(1);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a server that is watched', () => {
  it('is asked every ten seconds', async () => {
    await seconds(30);
    expect(asked).toEqual([0, 10, 20, 30]);
    expect(told).toEqual(
      Array.from({ length: 4 }, () => ({
        wrong: undefined,
        failed: [],
        datasets: [],
        isUnsynchronized: false,
      })),
    );
  });

  it('is asked right after the connection has changed, once for several changes', async () => {
    watch.streamIs('ended');
    watch.streamIs('connected');
    await seconds(11);
    expect(asked).toEqual([0, 1.3, 11.3]);
  });

  it('is not asked because it is being asked for rows', async () => {
    watch.streamIs('connecting');
    watch.streamIs('waiting');
    await seconds(2);
    expect(asked).toEqual([0]);
  });

  it.each([
    ['does not answer', () => Promise.reject(new TypeError('Failed to fetch')), 'no answer'],
    ['is not there behind its proxy', () => new Response('', { status: 502 }), 'no answer'],
    ['has no health', () => new Response('', { status: 404 }), undefined],
  ])('is asked less and less often while it %s', async (_what, failing, news) => {
    answer = failing;
    await seconds(600);
    expect(asked).toEqual([0, 10, 30, 70, 150, 270, 390, 510]);
    expect(told.slice(1)).toEqual(Array.from({ length: 7 }, () => news));
  });

  it('is asked at once when rows come again, but not after each attempt to connect', async () => {
    answer = () => Promise.reject(new TypeError('Failed to fetch'));
    await seconds(40);
    watch.streamIs('reconnecting');
    await seconds(5);
    expect(asked).toEqual([0, 10, 30]);
    answer = () => Response.json(HEALTH);
    watch.streamIs('connected');
    await seconds(11);
    expect(asked).toEqual([0, 10, 30, 46.3, 56.3]);
  });

  it('has eight seconds to answer', async () => {
    answer = () => new Promise(() => {});
    await seconds(16.9);
    expect(told).toHaveLength(1);
    await seconds(0.2);
    expect(told[1]).toBe('no answer');
  });

  it('is not asked while nobody looks, and at once when somebody does', async () => {
    answer = () => new Promise(() => {});
    await seconds(9.5);
    page.become('hidden');
    watch.streamIs('reconnecting');
    await seconds(600);
    expect(asked).toEqual([0, 10]);
    answer = () => Response.json(HEALTH);
    page.become('visible');
    await seconds(1);
    expect(asked).toHaveLength(3);
    expect(told).toHaveLength(2);
    expect(told).not.toContain('no answer');
  });
});
