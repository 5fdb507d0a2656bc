// Tests the Debian package with the real dpkg in a copy of this machine: its configuration, upgrades that fail, and its removal.

import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { obstacle, Packages } from './copied-system.ts';

const reason = obstacle();
const packages = new Packages();
afterAll(() => packages.close());

const LONGEST = 900_000;

/** A command of bash that has to fail. */
const refused = (command: string) => `if ${command}; then echo 'it did not fail'; fi`;

const NOW = 'served; dapberry --version; state';

/** One machine after another version of the package, of which the broken ones leave it as it was. */
const LIFE = {
  first: `touch /run/begin
    mine() { find /etc /usr /var /opt -xdev -newer /run/begin -path '*dapberry*' | { grep -v '^/var/lib/dpkg' || true; } | sort; }
    put 1.0.0.deb
    cmp /usr/share/dapberry/config.starter.yaml /etc/dapberry/config.yaml
    stat -c '%a %U' /etc/dapberry/config.yaml
    echo "conffiles: <$(dpkg-query -W -f '\${Conffiles}' dapberry)>"; served`,
  edited: `echo '# mine' >/etc/dapberry/config.yaml
    before=$(stat -c '%i %Y' /etc/dapberry/config.yaml)
    apt-get -y install ./1.1.0.deb <&-
    [ "$before" = "$(stat -c '%i %Y' /etc/dapberry/config.yaml)" ]
    ls /etc/dapberry; served; versions`,
  refusing: `running=$(process); ${refused('put 2.2.0.deb')}; [ "$(process)" = "$running" ]; ${NOW}`,
  throwing: `${refused('put 2.3.0.deb')}; [ "$(process)" = "$running" ]; ${NOW}`,
  broken: `cp /usr/lib/systemd/system/dapberry.service /run/unit
    ${refused('put 2.0.0.deb')}; ${NOW}`,
  again: `${refused('dpkg --configure dapberry')}; ${NOW}`,
  silent: `${refused('put 2.1.0.deb')}; ${NOW}`,
  back: `running=$(process); put 1.1.0.deb; [ "$(process)" = "$running" ]; ${NOW}; versions`,
  unpacked: 'dpkg --unpack 1.0.0.deb; systemctl restart dapberry.service; served',
  configured: 'dpkg --configure dapberry; served; versions',
  removed: 'dpkg -r dapberry; mine',
  returned: `put 1.0.0.deb; served; echo 'masked:'; find /etc/systemd/system -name 'dapberry*' -lname /dev/null; dpkg -r dapberry`,
  purged: 'dpkg -P dapberry; mine',
};

describe.skipIf(reason !== undefined)(
  `the Debian package${reason === undefined ? '' : ` (${reason})`}`,
  { timeout: LONGEST },
  () => {
    let said: Readonly<Record<keyof typeof LIFE, string>>;
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
      said = packages.runParts(LIFE);
    }, LONGEST);

    it.skipIf(spawnSync('lintian', ['--version']).status !== 0)('has nothing that lintian reports', () => {
      const args = ['--allow-root', join(packages.folder, '1.0.0.deb')];
      expect(spawnSync('lintian', args, { encoding: 'utf8' })).toMatchObject({ stdout: '', status: 0 });
    });

    it('has no conffile, and copies the starter configuration where there is none', () => {
      expect(said.first).toContain('dapberry serves at\n  http://localhost:8080/\n');
      expect(said.first).toContain('644 root\nconffiles: <>\n1.0.0 # Configures the sensors');
    });

    it('is upgraded by apt without a question where both the file and the starter have changed', () => {
      expect(said.edited).toMatch(/config\.schema\.json\nconfig\.yaml\n1\.1\.0 # mine\n1\.0\.0 1\.1\.0 $/);
    });

    it.each([
      ['does not accept the configuration', 'refusing', 'no such ?[2Jkey\n'],
      ['does not run', 'throwing', '2.3.0 does not run'],
    ] as const)('leaves the running version alone where the new one %s', (_, part, sentence) => {
      expect(said[part]).toContain(sentence);
      expect(said[part]).toContain('dapberry: version 1.1.0 goes on, and was not restarted\n');
      expect(said[part]).toMatch(/\n1\.1\.0 # mine\n1\.1\.0\nhalf-configured\n$/);
      expect(said[part]).not.toContain('it did not fail');
    });

    it.each([
      ['does not start', 'broken', '2.0.0 is broken'],
      ['is configured a second time', 'again', '2.0.0 is broken'],
      [
        'never becomes healthy',
        'silent',
        'expected version 2.1.0 to answer at http://127.0.0.1:8080/health within 8 s',
      ],
    ] as const)('restores the version before one that %s, and says so', (_, part, sentence) => {
      expect(said[part]).toContain(sentence);
      expect(said[part]).toContain('dapberry: version 1.1.0 was restored and serves again\n');
      expect(said[part]).toContain('sudo apt install --allow-downgrades dapberry=1.1.0');
      expect(said[part]).toMatch(/\n1\.1\.0 # mine\n1\.1\.0\nhalf-configured\n$/);
      expect(said[part]).not.toContain('it did not fail');
    });

    it('goes back to the version before without a restart, and keeps one version before that', () => {
      expect(said.back).toMatch(/\n1\.1\.0 # mine\n1\.1\.0\ninstalled\n1\.0\.0 1\.1\.0 $/);
    });

    it('goes on with the running version between unpacking and configuring, also after a restart', () => {
      expect(said.unpacked).toMatch(/\n1\.1\.0 # mine\n$/);
      expect(said.configured).toMatch(/\n1\.0\.0 # mine\n1\.0\.0 1\.1\.0 $/);
    });

    it('leaves nothing but the configuration when it is removed, and nothing when it is purged', () => {
      expect(said.removed).toContain('\n/etc/dapberry/config.yaml\n');
      expect(said.removed).not.toMatch(/^\/(usr\/|var\/lib\/dapberry-package\/versions)/m);
      expect(said.purged).not.toMatch(/^\//m);
    });

    it('has no unit masked when it is installed again after a removal', () => {
      expect(said.returned).toMatch(/\n1\.0\.0 # mine\nmasked:\n(?!\/)/);
    });

    it('stops a first version that does not start, for there is none before it', () => {
      const failed = packages.run(`
        ${refused('put 2.0.0.deb')}; systemctl is-active dapberry.service || true; state
        put 1.0.0.deb; served`);
      expect(failed).toContain('dapberry: the service does not run');
      expect(failed).toMatch(/inactive\nhalf-configured\n[\s\S]*1\.0\.0 # Config/);
    });

    it('does not start what policy-rc.d keeps down', () => {
      const kept = packages.run(`
        printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
        put 1.0.0.deb; state; systemctl is-active dapberry.service || true`);
      expect(kept).toMatch(/installed\ninactive\n$/);
    });
  },
);
