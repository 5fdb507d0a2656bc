import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOf } from '../sources.ts';
import { describeWith } from '../tools.ts';

const UNIT = resolve(import.meta.dirname, '../../systemd/dapberry.service');

/** The values of a key, in the order of their lines. */
function valuesOf(key: string, unit = 'dapberry.service'): readonly string[] {
  const lines = textOf(`systemd/${unit}`).split('\n');
  return lines.filter(line => line.startsWith(`${key}=`)).map(line => line.slice(key.length + 1));
}

describeWith('systemd-analyze', 'the unit', () => {
  it('leaves the service an exposure of 2.0 or less', () => {
    const args = ['security', '--offline=true', '--threshold=20', '--no-pager', UNIT];
    const { status, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    expect({ status, judged: /Overall exposure level .*/.exec(stdout)?.[0] }).toEqual({
      status: 0,
      judged: expect.stringMatching(/ [01]\.\d OK| 2\.0 OK/),
    });
  });

  it('waits for no network and no clock', () => {
    const all = ['After', 'Wants', 'Requires'].flatMap(key => valuesOf(key)).join(' ');
    expect(all).not.toMatch(/network|time/);
  });

  it('allows no device of its own accord', () => {
    expect(valuesOf('DevicePolicy')).toEqual(['closed']);
    expect(valuesOf('DeviceAllow')).toEqual([]);
  });

  it('keeps its notes of GPIO lines beyond its end, where every user may read them', () => {
    expect(valuesOf('RuntimeDirectory')).toEqual(['dapberry']);
    expect(valuesOf('RuntimeDirectoryMode')).toEqual(['0755']);
    expect(valuesOf('RuntimeDirectoryPreserve')).toEqual(['yes']);
  });

  it('is restarted, but not for ever, and not for a configuration that is wrong', () => {
    expect(valuesOf('Restart')).toEqual(['always']);
    expect(Number(valuesOf('StartLimitBurst'))).toBeGreaterThan(1);
    expect(valuesOf('RestartPreventExitStatus')).toEqual(['2']);
  });
});

describe('the unit that asks which devices the configuration needs', () => {
  // Systemd's own limit, five starts in ten seconds, makes the path unit fail with it: nobody watches the configuration any more.
  it('is started by every save, however quickly they come', () => {
    expect(valuesOf('StartLimitIntervalSec', 'dapberry-devices.service')).toEqual(['0']);
    expect(valuesOf('Unit', 'dapberry-devices.path')).toEqual([]);
    expect(valuesOf('PathChanged', 'dapberry-devices.path')).toContain('/etc/dapberry');
  });
});
