import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeWith } from '../tools.ts';
import { examples, SECONDS } from './page.ts';
import { RUN } from './page-programs.ts';
import { REQUESTED } from './page-requests.ts';
import { type Roof, serveRoof } from './roof.ts';

vi.setConfig({ testTimeout: 2 * SECONDS * 1000 });

const CHECKS = { ...RUN, ...REQUESTED };

describe('docs/clients.md', () => {
  it('has examples that are checked here, all of them', () => {
    expect([...examples().keys()].sort()).toEqual(Object.keys(CHECKS).sort());
  });

  let roof: Roof;
  beforeAll(async () => {
    roof = await serveRoof();
  });
  afterAll(() => roof.close());

  for (const [title, { needs, check }] of Object.entries(CHECKS)) {
    describeWith(needs, title, () => {
      it(title in RUN ? 'works as it stands' : 'asks for what the server has', async () => {
        await check(roof.localised(examples().get(title)!), roof);
      });
    });
  }
});
