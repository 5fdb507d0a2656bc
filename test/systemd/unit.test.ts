import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { textOf } from '../sources.ts';
import { describeWith } from '../tools.ts';

const UNIT = resolve(import.meta.dirname, '../../systemd/dapberry.service');

/** The values of a key, in the order of their lines. */
function valuesOf(key: string): readonly string[] {
  const lines = textOf('systemd/dapberry.service').split('\n');
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
    const all = ['After', 'Wants', 'Requires'].flatMap(valuesOf).join(' ');
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
