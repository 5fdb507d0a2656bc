import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOf } from '../sources.ts';
import { describeWith } from '../tools.ts';

const FOLDER = resolve(import.meta.dirname, '../../systemd');
/** What of it runs code. */
const SERVICES = [
  'dapberry.service',
  'dapberry-devices.service',
  'dapberry-device-list.service',
  'dapberry-pull@.service',
];

/** The values of a key, in the order of their lines. */
function valuesOf(key: string, unit = 'dapberry.service'): readonly string[] {
  const lines = textOf(`systemd/${unit}`).split('\n');
  return lines.filter(line => line.startsWith(`${key}=`)).map(line => line.slice(key.length + 1));
}

describeWith('systemd-analyze', 'the unit', () => {
  it.each(SERVICES)('%s leaves what it starts an exposure of 2.0 or less', unit => {
    const args = ['security', '--offline=true', '--threshold=20', '--no-pager', join(FOLDER, unit)];
    const { status, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    expect({ status, judged: /Overall exposure level .*/.exec(stdout)?.[0] }).toEqual({
      status: 0,
      judged: expect.stringMatching(/ ([01]\.\d|2\.0) (OK|SAFE)/),
    });
  });

  it('gets more of the processors than other services, whose weight is 100', () => {
    expect(Number(valuesOf('CPUWeight')[0])).toBeGreaterThan(100);
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

  it('has a folder for the history, whose files every user may read', () => {
    expect(valuesOf('StateDirectory')).toEqual(['dapberry']);
    expect(valuesOf('StateDirectoryMode')).toEqual(['0755']);
    expect(valuesOf('UMask')).toEqual(['0022']);
  });

  it('is given more time to end than the server takes to write its last rows', () => {
    const [, grace] = /^const HISTORY_GRACE = ([\d_]+);$/m.exec(textOf('server/run/serve.ts')) ?? [];
    const limit = Number(valuesOf('TimeoutStopSec')[0]);
    expect(Number(grace?.replaceAll('_', '')) / 1000).toBeLessThanOrEqual(limit - 5);
  });

  it.each(['dapberry.service', 'dapberry-pull@.service'])(
    '%s is restarted for ever, with growing pauses',
    unit => {
      expect(valuesOf('Restart', unit)).toEqual(['always']);
      expect(valuesOf('StartLimitIntervalSec', unit)).toEqual(['0']);
      expect(valuesOf('StartLimitBurst', unit)).toEqual([]);
      expect(Number(valuesOf('RestartSteps', unit))).toBeGreaterThan(1);
      expect(valuesOf('RestartMaxDelaySec', unit)[0]).toMatch(/^\d+min$/);
    },
  );

  it('is not restarted for a mistake in its command line', () => {
    expect(valuesOf('RestartPreventExitStatus')).toEqual(['2']);
  });

  it('of pull gets its token as a credential, without which it starts too', () => {
    const unit = 'dapberry-pull@.service';
    expect(valuesOf('LoadCredential', unit)).toEqual(['token:/etc/dapberry/pull/%i.token']);
    expect(valuesOf('SetCredential', unit)).toEqual(['token:\\n']);
  });

  it('of pull writes files that every user may read, and reads nothing of the server', () => {
    const unit = 'dapberry-pull@.service';
    // The files of a dynamic user are below /var/lib/private, which is for root alone.
    expect(valuesOf('DynamicUser', unit)).toEqual([]);
    expect(valuesOf('User', unit)).toEqual(['dapberry']);
    expect(valuesOf('UMask', unit)).toEqual(['0022']);
    expect(valuesOf('StateDirectoryMode', unit)).toEqual([]);
    expect(valuesOf('InaccessiblePaths', unit)).toEqual(['-/etc/dapberry -/var/lib/dapberry']);
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

describe('the units that allow devices', () => {
  it('load the configuration and its drivers as the user of the service, where systemd cannot be told anything', () => {
    const lister = 'dapberry-device-list.service';
    expect(valuesOf('User', lister)).toEqual(valuesOf('User'));
    expect(valuesOf('ExecStart', lister)).toEqual([
      '/usr/local/bin/dapberry devices --output /run/dapberry-devices/list',
    ]);
    // What a driver prints is no part of the list, and what it left running ends with the unit.
    expect(valuesOf('StandardOutput', lister)).toEqual(['journal']);
    expect(valuesOf('KillMode', lister)).toEqual([]);
    expect(valuesOf('CapabilityBoundingSet', lister)).toEqual(['']);
    expect(valuesOf('PrivateNetwork', lister)).toEqual(['yes']);
    // Made by systemd, and taken away by it when the unit is stopped.
    expect(valuesOf('RuntimeDirectory', lister)).toEqual(['dapberry-devices']);
    expect(valuesOf('RuntimeDirectoryPreserve', lister)).toEqual([]);
  });

  it('give root no capability', () => {
    expect(valuesOf('CapabilityBoundingSet', 'dapberry-devices.service')).toEqual(['']);
    expect(valuesOf('ExecStart', 'dapberry-devices.service')).toEqual([
      '/opt/dapberry/current/systemd/allow-devices.sh',
    ]);
  });
});
