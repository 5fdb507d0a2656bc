import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';

let system: string;
beforeEach(() => {
  system = mkdtempSync(join(tmpdir(), 'dapberry-debian-'));
});
afterEach(() => rmSync(system, { recursive: true }));

function preinst(...args: readonly string[]) {
  const script = join(ROOT, 'systemd/debian/preinst');
  return spawnSync('sh', [script, ...args], { encoding: 'utf8', env: { ...process.env, DPKG_ROOT: system } });
}

describe('the Debian package', () => {
  it('is not installed beside what install.sh installed, whose units would go on', () => {
    mkdirSync(join(system, 'opt/dapberry/current'), { recursive: true });
    const { status, stderr } = preinst('install');
    expect(status).toBe(1);
    expect(stderr).toContain('install.sh --uninstall');
  });

  it('is installed where there is none, and upgraded', () => {
    expect(preinst('install').status).toBe(0);
    expect(preinst('upgrade', '0.1.0').status).toBe(0);
  });
});
