import { expect, it } from 'vitest';
import { SERVICE_STATE, stateDirectory } from '../../../server/machine/state-directory.ts';
import { textOf } from '../../sources.ts';

it('the state directory of the service is the one that its unit and its installer name', () => {
  const [, name] = /^StateDirectory=(.+)$/m.exec(textOf('systemd/dapberry.service'))!;
  expect(SERVICE_STATE).toBe(stateDirectory(name!));
  expect(textOf('systemd/install/system.sh')).toContain(`\nSTATE=$ROOT${SERVICE_STATE}\n`);
});
