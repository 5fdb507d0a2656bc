import { expect, it } from 'vitest';
import { createNotifier } from '../../../../server/run/service/notifier.ts';

it('goes on telling systemd how the server is doing after a program could not be started at all', async () => {
  const troubles: string[] = [];
  const notify = createNotifier({ ...process.env, NOTIFY_SOCKET: '/nonexistent' }, sentence =>
    troubles.push(sentence),
  );
  // As where there is no memory for another process: it fails before there is one.
  await notify?.({ STATUS: 'a\0b' });
  expect(troubles).toEqual([expect.stringMatching(/^sending the status to systemd failed: .*null bytes/)]);
  await notify?.({ STATUS: 'well' });
  expect(troubles).toHaveLength(1);
});
