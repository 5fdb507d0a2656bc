import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { serving } from '../serving.ts';
import { textOf as projectText, ROOT } from '../sources.ts';
import { card, files, release, SYSTEM, textOf, useCard, work } from '../systemd/card.ts';

const DOCKERFILE = projectText('Dockerfile');

describe('the container image', () => {
  const [, script = ''] = /^ {2}CMD \["node", "-e", "(.*)"\]$/m.exec(DOCKERFILE) ?? [];
  const isHealthy = async (port: number) => {
    const child = spawn(process.execPath, ['-e', script.replace('8080', `${port}`)], { stdio: 'ignore' });
    return (await once(child, 'close'))[0] === 0;
  };

  it('is healthy while dapberry answers, and not by another server or none', async () => {
    const server = await serving({ interval: 0.05 });
    const port = Number(new URL(server.url).port);
    expect(await isHealthy(port)).toBe(true);
    await server.close();
    expect(await isHealthy(port)).toBe(false);
    const other = createServer((_, response) => response.end('{"status":"ok"}'));
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    expect(await isHealthy((other.address() as AddressInfo).port)).toBe(false);
    other.close();
  });

  it('runs as a user of its own and contains no tools of the build', () => {
    const [, , last = ''] = DOCKERFILE.split(/^FROM /m);
    expect(last).toMatch(/^USER (?!0)\d+:\d+$/m);
    expect(last).not.toMatch(/\b(npm|gcc|g\+\+|make|python)\b/);
  });

  it('is run by compose.yaml with a read-only file system, without capabilities', () => {
    const { services, volumes } = parse(projectText('compose.yaml')) as {
      services: { dapberry: { security_opt: readonly string[]; volumes: readonly string[] } };
      volumes: object;
    };
    expect(services.dapberry).toMatchObject({ read_only: true, cap_drop: ['ALL'], ports: ['8080:8080'] });
    expect(services.dapberry.security_opt).toEqual(['no-new-privileges:true']);
    const [, place] = /^VOLUME (.*)$/m.exec(DOCKERFILE) ?? [];
    expect(services.dapberry.volumes).toEqual([`${Object.keys(volumes)[0]}:${place}`]);
  });
});

describe('the layers for the image of a card', () => {
  useCard();

  /** A card as the tools hand it over: whole, with the database of dpkg, and an archive of the program. */
  function prepare(archives: string): void {
    const entry = [
      'Package: dpkg',
      'Status: install ok installed',
      'Architecture: arm64',
      'Version: 1',
      'Maintainer: a',
      'Description: d',
    ];
    const status = `${SYSTEM['var/lib/dpkg/status']}${entry.join('\n')}\n\n`;
    spawnSync('tee', [join(card, 'var/lib/dpkg/status')], { input: status });
    const folder = release('1.2.3');
    mkdirSync(archives, { recursive: true });
    const name = 'dapberry-1.2.3-arm64';
    const pack = [
      '-czf',
      join(archives, `${name}.tar.gz`),
      '-C',
      join(folder, '..'),
      `--transform=s,^1.2.3,${name},`,
    ];
    expect(spawnSync('tar', [...pack, '1.2.3']).status).toBe(0);
  }

  function expectInstalled(): void {
    const installed = Object.keys(files());
    expect(installed).toContain('opt/dapberry/versions/1.2.3/dist/server/main.js');
    expect(installed).toContain('etc/systemd/system/multi-user.target.wants/dapberry.service');
    expect(textOf('etc/passwd')).toMatch(/^dapberry:/m);
    expect(textOf('boot/firmware/config.txt')).toContain('dtparam=i2c_arm=on');
  }

  const environment = () => ({ ...process.env, ROOTFS_DIR: card, DAPBERRY_OPTIONS: '--enable-i2c' });

  it('of pi-gen installs the archive', () => {
    const stage = join(work, 'stage-dapberry');
    cpSync(join(ROOT, 'scripts/image/pi-gen/stage-dapberry'), stage, { recursive: true });
    const step = join(stage, '00-dapberry');
    prepare(join(step, 'files'));
    const run = () => spawnSync(join(step, '01-run.sh'), { cwd: step, env: environment(), encoding: 'utf8' });
    const { status, stderr } = run();
    expect(status, stderr).toBe(0);
    expectInstalled();
    for (const name of readdirSync(join(step, 'files'))) rmSync(join(step, 'files', name));
    expect(run().stderr).toContain('expected one archive for arm64');
  });

  it('of rpi-image-gen installs the archive', () => {
    const layer = parse(projectText('scripts/image/rpi-image-gen/layer/dapberry.yaml')) as {
      mmdebstrap: { packages: readonly string[]; 'customize-hooks': readonly [string] };
    };
    expect(layer.mmdebstrap.packages).toEqual(['nodejs']);
    const [hook] = layer.mmdebstrap['customize-hooks'];
    prepare(join(work, 'pkgs'));
    // As mmdebstrap runs hooks: the folder of the system is the first argument.
    const run = () =>
      spawnSync('sh', ['-c', hook, 'exec', card], { cwd: work, env: environment(), encoding: 'utf8' });
    const { status, stderr } = run();
    expect(status, stderr).toBe(0);
    expectInstalled();
    rmSync(join(work, 'pkgs/dapberry-1.2.3-arm64.tar.gz'));
    expect(run().status).not.toBe(0);
  });
});
