import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstLoad } from '../bench/page/first-load.mjs';
import { buildPage } from './open-page.ts';

describe('the built page', () => {
  let web: Awaited<ReturnType<typeof buildPage>>;

  beforeAll(async () => {
    web = await buildPage();
  });
  afterAll(() => web.remove());

  it.each([
    ['index.html', 79_000],
    ['embed.html', 67_100],
  ])('%s is no greater for its first sight than before, without what it needs later', async (name, most) => {
    const { files, gzipped } = await firstLoad(web.folder, name);
    const later = [
      'uPlot',
      'past-tools',
      'server-health',
      'view-parts',
      'parse-',
      'take-list',
      'moves',
      'limits',
    ];
    for (const part of later) {
      expect(files.filter(file => file.includes(part))).toEqual([]);
    }
    expect(gzipped).toBeLessThan(most);
    // The goal is 50 kB. If this fails, load a new part of the page later, or lower the bound to what was reached.
    expect(gzipped).toBeGreaterThan(0.9 * most);
  });
});
