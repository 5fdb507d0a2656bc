// Tests the Debian package with the real dpkg in a copy of this machine: its configuration, upgrades that fail, and a new Node.

import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { obstacle, Packages } from './copied-system.ts';

const reason = obstacle();
const packages = new Packages();
afterAll(() => packages.close());

/** Lines of bash that fail unless the last installation has failed, and that show what it said. */
const refused = (command: string) =>
  `if ${command} >/run/said 2>&1; then echo 'it did not fail'; fi; cat /run/said`;

describe.skipIf(reason !== undefined)(
  `the Debian package${reason === undefined ? '' : ` (${reason})`}`,
  { timeout: 300_000 },
  () => {
    beforeAll(() => {
      packages.make('1.0.0');
      packages.make('1.1.0', '', folder =>
        appendFileSync(join(folder, 'systemd/config.starter.yaml'), '# another starter\n'),
      );
      packages.make('2.0.0', 'if (command === "serve") throw new Error("2.0.0 is broken");', folder =>
        appendFileSync(
          join(folder, 'systemd/dapberry.service'),
          '\n[Service]\nExecStart=/usr/bin/dapberry serve --new\n',
        ),
      );
      packages.make(
        '2.1.0',
        'if (command === "serve") { setInterval(() => {}, 1000); await new Promise(() => {}); }',
      );
      packages.make(
        '2.2.0',
        'if (command === "check") { console.error("no such \\x1b[2Jkey"); process.exit(2); }',
      );
      packages.make('2.3.0', 'if (command === "check") throw new Error("2.3.0 does not run");');
    }, 300_000);

    it.skipIf(spawnSync('lintian', ['--version']).status !== 0)('has nothing that lintian reports', () => {
      const args = ['--allow-root', join(packages.folder, '1.0.0.deb')];
      expect(spawnSync('lintian', args, { encoding: 'utf8' })).toMatchObject({ stdout: '', status: 0 });
    });

    it('has no conffile, and copies the starter configuration where there is none', () => {
      const said = packages.run(`
      put 1.0.0.deb
      cmp /usr/share/dapberry/config.starter.yaml /etc/dapberry/config.yaml
      stat -c '%a %U' /etc/dapberry/config.yaml
      echo "conffiles: <$(dpkg-query -W -f '\${Conffiles}' dapberry)>"
      served`);
      expect(said).toContain('dapberry serves at\n  http://localhost:8080/\n');
      expect(said).toContain('644 root\nconffiles: <>\n1.0.0 # Configures the sensors');
    });

    it('is upgraded by apt without a question where both the file and the starter have changed', () => {
      const said = packages.run(`
      put 1.0.0.deb
      echo '# mine' >/etc/dapberry/config.yaml
      before=$(stat -c '%i %Y' /etc/dapberry/config.yaml)
      apt-get -y install ./1.1.0.deb <&-
      [ "$before" = "$(stat -c '%i %Y' /etc/dapberry/config.yaml)" ]
      ls /etc/dapberry
      served; versions`);
      expect(said).toMatch(/config\.schema\.json\nconfig\.yaml\n1\.1\.0 # mine\n1\.0\.0 1\.1\.0 $/);
    });

    it('keeps one version before the running one', () => {
      const said = packages.run('for v in 1.0.0 1.1.0 1.0.0 1.1.0; do put $v.deb; done; served; versions');
      expect(said).toMatch(/1\.1\.0 # Config.*\n1\.0\.0 1\.1\.0 $/);
    });

    it.each([
      ['does not start', '2.0.0', '2.0.0 is broken'],
      [
        'never becomes healthy',
        '2.1.0',
        'expected version 2.1.0 to answer at http://127.0.0.1:8080/health within 8 s',
      ],
    ])('restores the version before one that %s, and says so', (_, version, sentence) => {
      const said = packages.run(`
      put 1.0.0.deb
      cp /usr/lib/systemd/system/dapberry.service /run/unit
      ${refused(`put ${version}.deb`)}
      cmp /run/unit /usr/lib/systemd/system/dapberry.service
      served; dapberry --version; state; echo "before another attempt"
      ${refused('dpkg --configure dapberry')}
      put 1.1.0.deb; state; served; versions`);
      const [first = '', second = ''] = said.split('before another attempt\n');
      expect(first).toContain(sentence);
      expect(first).toContain('dapberry: version 1.0.0 was restored and serves again\n');
      expect(first).toContain('sudo apt install --allow-downgrades dapberry=1.0.0');
      expect(first).toMatch(/1\.0\.0 # Config.*\n1\.0\.0\nhalf-configured\n$/);
      expect(second).toContain('version 1.0.0 was restored and serves again');
      expect(second).toMatch(/installed\n1\.1\.0 # Config.*\n1\.0\.0 1\.1\.0 $/);
      expect(said).not.toContain('it did not fail');
    });

    it.each([
      ['does not accept the configuration', '2.2.0', 'no such ?[2Jkey\n'],
      ['does not run', '2.3.0', '2.3.0 does not run'],
    ])('leaves the running version alone where the new one %s', (_, version, sentence) => {
      const said = packages.run(`
      put 1.0.0.deb; running=$(process)
      ${refused(`put ${version}.deb`)}
      [ "$(process)" = "$running" ]; served; dapberry --version; state`);
      expect(said).toContain(sentence);
      expect(said).toContain('dapberry: version 1.0.0 goes on, and was not restarted');
      expect(said).toMatch(/1\.0\.0 # Config.*\n1\.0\.0\nhalf-configured\n$/);
    });

    it('stops a first version that does not start, for there is none before it', () => {
      const said = packages.run(
        `${refused('put 2.0.0.deb')}; systemctl is-active dapberry.service || true; state; put 1.0.0.deb; served`,
      );
      expect(said).toContain('dapberry: the service does not run');
      expect(said).toMatch(/inactive\nhalf-configured\n[\s\S]*1\.0\.0 # Config/);
    });

    it('does not start what policy-rc.d keeps down', () => {
      const said = packages.run(`
      printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
      put 1.0.0.deb; state; systemctl is-active dapberry.service || true`);
      expect(said).toMatch(/installed\ninactive\n$/);
    });

    it('goes on with the running version between unpacking and configuring, also after a restart', () => {
      const said = packages.run(`
      put 1.0.0.deb
      dpkg --unpack 1.1.0.deb
      systemctl restart dapberry.service; served`);
      expect(said).toMatch(/1\.0\.0 # Config.*\n$/);
    });

    it('leaves nothing but the configuration when it is removed, and nothing when it is purged', () => {
      const said = packages.run(`
      mine() { find /etc /usr /var /opt -xdev -newer /run/begin \\( -path '*dapberry*' \\) | { grep -v '^/var/lib/dpkg' || true; } | sort; }
      touch /run/begin; sleep 0.1
      put 1.0.0.deb; dpkg -r dapberry; echo 'removed:'; mine; dpkg -P dapberry; echo 'purged:'; mine`);
      expect(said).toMatch(/purged:\n$/);
      const removed = said.slice(said.indexOf('removed:\n'), said.indexOf('purged:\n'));
      expect(removed).not.toMatch(/^\/usr\//m);
      expect(removed).not.toContain('/var/lib/dapberry-package/versions');
      expect(removed).toContain('/etc/dapberry/config.yaml');
    });
  },
);
