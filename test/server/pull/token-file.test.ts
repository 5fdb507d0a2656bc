import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { withTokenOfFile } from '../../../server/pull/token-file.ts';

it('takes a token from a file, none from an empty one, and says that a file is missing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'token');
  writeFileSync(file, 'abc123\n');
  expect(withTokenOfFile({ DAPBERRY_TOKEN_FILE: file })).toHaveProperty('DAPBERRY_TOKEN', 'abc123');
  // As systemd passes it where the operator has written none.
  writeFileSync(file, '\n');
  expect(withTokenOfFile({ DAPBERRY_TOKEN_FILE: file })).toHaveProperty('DAPBERRY_TOKEN', '');
  expect(withTokenOfFile({ DAPBERRY_TOKEN_FILE: file, DAPBERRY_TOKEN: 'x' })).toHaveProperty(
    'DAPBERRY_TOKEN',
    'x',
  );
  expect(() => withTokenOfFile({ DAPBERRY_TOKEN_FILE: join(folder, 'none') })).toThrow(
    /expected a token in the file of \$DAPBERRY_TOKEN_FILE: ENOENT/,
  );
});
