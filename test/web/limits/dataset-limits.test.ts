import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { DatasetLimits } from '../../../web/limits/dataset-limits.ts';
import { LinePoints } from '../../../web/rows/line-points.ts';
import { Series } from '../../../web/rows/series.ts';
import { describeDataset } from '../../../web/stream/describe.ts';

const { columns } = describeDataset(
  parseDds('Dataset { Sequence { Float64 air; } sensor; } shed;'),
  parseDas('Attributes { sensor { air { Float64 alarm_above 35; } } }'),
);

class Page extends EventTarget {
  visibilityState = 'visible';

  become(state: string): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: Page;
let series: Series;
let asked: number;
let answer: () => Response;
/** What is beyond a limit, as it was told. */
let levels: string[];
let limits: DatasetLimits;

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

beforeEach(() => {
  vi.useFakeTimers();
  page = new Page();
  asked = 0;
  levels = [];
  answer = () => Response.json({ epoch: 1, values: { air: 40 } });
  vi.stubGlobal('document', page);
  vi.stubGlobal('fetch', async () => {
    asked += 1;
    return answer();
  });
  series = new Series(columns[0]!, new LinePoints(1000, 3_600_000));
  limits = new DatasetLimits(columns, 'http://pi/shed/latest.json', beyond => {
    const now = beyond.map(({ level, value }) => `${level} ${value}`).join() || 'ok';
    if (now !== levels.at(-1)) levels.push(now);
  });
});
afterEach(() => {
  limits.remove();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A row of now, or of the past. */
function row(value: number, secondsAgo = 0): void {
  series.take(Date.now() - 1000 * secondsAgo, value);
  limits.rowsCame([series]);
}

describe('the limits of a dataset', () => {
  it('judge the newest row, not the past that comes before it', async () => {
    for (let ago = 600; ago > 0; ago -= 100) {
      row(ago === 200 ? 50 : 99, ago);
      await seconds(0.5);
    }
    expect(levels).toEqual([]);
    row(20);
    await seconds(2);
    expect(levels).toEqual(['ok']);
    row(36);
    await seconds(1);
    expect(levels).toEqual(['ok', 'alarm 36']);
    row(20);
    await seconds(6);
    expect(levels.at(-1)).toBe('ok');
  });

  it('are judged in a hidden tab by the newest row, which is asked for each minute', async () => {
    row(20);
    await seconds(2);
    page.become('hidden');
    await seconds(9);
    expect(asked).toBe(0);
    await seconds(2);
    expect(levels).toEqual(['ok', 'alarm 40']);
    answer = () => new Response('busy', { status: 503 });
    await seconds(60);
    answer = () => Response.json({ epoch: 2, values: { air: null } });
    await seconds(60);
    expect([asked, levels.at(-1)]).toEqual([3, 'alarm 40']);
    answer = () => Response.json({ epoch: 3, values: { air: 20 } });
    await seconds(120);
    expect([asked, levels.at(-1)]).toEqual([5, 'ok']);
    page.become('visible');
    await seconds(120);
    expect(asked).toBe(5);
  });

  it('are judged in a hidden tab also after an answer that broke off, and no more once they are removed', async () => {
    page.become('hidden');
    answer = () => new Response('{"epoch": 1, "val', { headers: { 'content-type': 'application/json' } });
    await seconds(11);
    answer = () => Response.json({ epoch: 2, values: { air: 40 } });
    await seconds(60);
    expect([asked, levels.at(-1)]).toEqual([2, 'alarm 40']);
    // The limits are removed while an answer is waited for.
    answer = () => {
      limits.remove();
      return Response.json({ epoch: 3, values: { air: 41 } });
    };
    await seconds(180);
    expect([asked, levels.at(-1)]).toEqual([3, 'ok']);
  });
});
