import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NoticeArea } from '../../../web/health/notice-area.ts';
import { ServerHealth } from '../../../web/health/server-health.ts';
import type { FindPart } from '../../../web/text/element.ts';

/** As much of an element as the area of notices needs. */
class FakeElement {
  hidden = false;
  children: (FakeElement | string)[] = [];

  get textContent(): string {
    return this.children.map(child => (typeof child === 'string' ? child : child.textContent)).join('');
  }
  set textContent(text: string) {
    this.children = [text];
  }
  append(...children: readonly (FakeElement | string)[]): void {
    this.children.push(...children);
  }
  replaceChildren(...children: readonly (FakeElement | string)[]): void {
    this.children = [...children];
  }
  insertBefore(child: FakeElement, before: FakeElement | null): void {
    const at = before === null ? this.children.length : this.children.indexOf(before);
    this.children.splice(at, 0, child);
  }
  remove(): void {}
  setAttribute(): void {}
  getAttribute(): null {
    return null;
  }
}

const parts = new Map<string, FakeElement>();
const find = ((id: string) => {
  const part = parts.get(id) ?? new FakeElement();
  parts.set(id, part);
  return part;
}) as unknown as FindPart;
const listed = () => parts.get('notice-list')!.textContent;

beforeEach(() => {
  parts.clear();
  vi.useFakeTimers();
  vi.stubGlobal('document', { createElement: () => new FakeElement() });
  for (const name of ['HTMLElement', 'HTMLDetailsElement']) vi.stubGlobal(name, FakeElement);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Ten minutes before and after a midnight where the tests run. */
const EVENING = new Date(2026, 10, 28, 23, 50);
const MORNING = new Date(2026, 10, 29, 0, 10);

it('a notice gets the date of its beginning once that is not today any more', () => {
  vi.setSystemTime(EVENING);
  const area = new NoticeArea(find);
  const notice = { key: 'sensor air', title: 'Sensor air fails', since: EVENING.getTime(), over: '' };
  area.show([notice]);
  expect(listed()).toBe('Sensor air fails since 23:50:00.');
  vi.setSystemTime(MORNING);
  area.show([notice]);
  expect(listed()).toBe('Sensor air fails since 2026-11-28 23:50:00.');
});

it('so does the notice of a server that started again with an earlier clock', () => {
  vi.setSystemTime(EVENING);
  const address = { base: 'http://elsewhere/roof', constraint: '' };
  const health = new ServerHealth(address, 'http://pi/', find, {
    storedIs: () => {},
    isDescribedAnew: () => {},
  });
  health.seamIs({ last: EVENING.getTime(), serverTime: EVENING.getTime() - 300_000 });
  expect(listed()).toContain('Its rows go on at 23:45:00, though the last one before was of 23:50:00:');
  vi.setSystemTime(MORNING);
  health.attributesAre(undefined);
  expect(listed()).toContain(
    'go on at 2026-11-28 23:45:00, though the last one before was of 2026-11-28 23:',
  );
});
