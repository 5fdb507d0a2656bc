// Tests moves between an installation by install.sh and the Debian package, with the real dpkg in a copy of this machine.

import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { obstacle, Packages } from './copied-system.ts';

const reason = obstacle();
const packages = new Packages();
afterAll(() => packages.close());

/** What both ways must keep: the configuration, a row, and a port that the administrator has given the service. */
const OWN = `
port() { mkdir -p /etc/systemd/system/dapberry.service.d
  printf '[Service]\\nExecStart=\\nExecStart=%s serve --port 8090\\n' "$1" >/etc/systemd/system/dapberry.service.d/override.conf
  systemctl restart dapberry.service; }
mine() { echo '# mine' >/etc/dapberry/config.yaml; mkdir -p /var/lib/dapberry/history; echo row >/var/lib/dapberry/history/row
  before=$(stat -c '%i %Y' /etc/dapberry/config.yaml); }
kept() { [ "$before" = "$(stat -c '%i %Y' /etc/dapberry/config.yaml)" ] && cat /var/lib/dapberry/history/row; }
found() { { find /etc/systemd /etc/udev/rules.d /etc/dapberry /opt /usr/local/bin /usr/lib/dapberry /usr/lib/systemd/system /var/lib/dapberry-package \\
  -path '*dapberry*' -printf '%p %l %s\\n' 2>/dev/null || true; } | sort; }
served() { node -e 'fetch("http://127.0.0.1:" + process.argv[1] + "/health").then(answer => answer.text()).then(console.log, () => console.log("nothing"))' "$1"; }
`;

describe.skipIf(reason !== undefined)(
  `a move${reason === undefined ? '' : ` (${reason})`}`,
  { timeout: 300_000 },
  () => {
    beforeAll(() => {
      packages.make('1.0.0');
      packages.make('1.1.0');
      packages.make('2.0.0', 'if (command === "serve") throw new Error("2.0.0 is broken");');
      packages.make('0.9.0');
      makeFormer();
    }, 300_000);

    it('from install.sh to the package keeps configuration, rows, port and accounts, with one restart', () => {
      const said = packages.run(`${OWN}
        1.0.0/systemd/install.sh <&-
        port /usr/local/bin/dapberry; mine; starts
        own=/etc/systemd/system/dapberry.service.d/override.conf; chmod 600 $own
        printf '[Service]\\nExecStartPre=/usr/local/bin/dapberry check\\n' >/etc/own.conf; ln -s /etc/own.conf \${own%/*}/own.conf
        put 1.1.0.deb
        stat -c 'mode %a' $own; readlink \${own%/*}/own.conf; grep dapberry /etc/own.conf
        starts; kept; served 8090; state
        found | grep -v '^/usr/lib\\|^/var/lib'
        cat /var/lib/dapberry-package/made
        dpkg -P dapberry; echo 'purged:'; found; getent passwd dapberry || echo 'no user'`);
      expect(said).toMatch(/\n2\n[\s\S]*\n3\nrow\n1\.1\.0 # mine\ninstalled\n/);
      expect(said).toContain('mode 600\n/etc/own.conf\nExecStartPre=/usr/bin/dapberry check\n');
      expect(said).toContain('user dapberry\n');
      expect(said).not.toMatch(
        /^\/opt|^\/usr\/local|^\/etc\/systemd\/system\/dapberry\S*\.(service|path|socket) /m,
      );
      expect(said).toMatch(/purged:\nno user\n$/);
    });

    it('from install.sh to a package that does not start changes nothing', () => {
      const said = packages.run(`${OWN}
        1.0.0/systemd/install.sh; port /usr/local/bin/dapberry; mine
        listed() { found | grep -v '^/usr/lib\\|^/var/lib\\|schema.json'; }
        listed >/run/before
        if put 2.0.0.deb; then echo 'it did not fail'; fi
        listed | diff /run/before -; kept; served 8090; state
        dpkg -r dapberry; served 8090; listed | diff /run/before - && echo 'as before'`);
      expect(said).not.toContain('it did not fail');
      expect(said).toContain('dapberry: version 1.0.0 was restored and serves again');
      expect(said).toContain('row\n1.0.0 # mine\nhalf-configured\n');
      expect(said).toContain('1.0.0 # mine\nas before\n');
    });

    it('from the package to install.sh keeps configuration, rows, port and accounts, with one restart', () => {
      const said = packages.run(`${OWN}
        put 1.0.0.deb
        port /usr/bin/dapberry; mine; starts
        1.1.0/systemd/install.sh <&-
        starts; kept; served 8090; state
        readlink /usr/local/bin/dapberry /etc/dapberry/config.schema.json
        found | grep '^/usr/lib\\|^/var/lib' || echo 'nothing of the package'
        1.1.0/systemd/install.sh --purge; echo 'purged:'; found; getent passwd dapberry || echo 'no user'`);
      expect(said).toContain('remove the Debian package; /etc/dapberry and the history stay\n');
      expect(said).toContain(
        '\n3\nrow\n1.1.0 # mine\nunknown\n/opt/dapberry/current/dist/server/main.js\n/opt/dapberry/current/systemd/config.schema.json\nnothing of the package\n',
      );
      expect(said).toMatch(/purged:\nno user\n/);
    });

    it('from the package to a version by install.sh that does not start changes nothing', () => {
      const said = packages.run(`${OWN}
        put 1.0.0.deb; port /usr/bin/dapberry; mine
        found >/run/before
        if 2.0.0/systemd/install.sh; then echo 'it did not fail'; fi
        found | diff /run/before -; kept; served 8090; state`);
      expect(said).not.toContain('it did not fail');
      expect(said).toContain('row\n1.0.0 # mine\ninstalled');
    });

    it('from the package of before, with a conffile, leaves the edited file where it is', () => {
      const said = packages.run(`${OWN}
        put former.deb; dpkg-query -W -f '\${Conffiles}\\n' dapberry; mine
        put 1.1.0.deb <&-
        kept; served 8080; state; ls /etc/dapberry; versions; echo
        dpkg -r dapberry; cat /etc/dapberry/config.yaml
        put 1.1.0.deb <&-; kept; served 8080`);
      expect(said).toContain('/etc/dapberry/config.yaml ');
      expect(said).toContain('row\n1.1.0 # mine\ninstalled\nconfig.schema.json\nconfig.yaml\n0.9.0 1.1.0 \n');
      expect(said).toMatch(/# mine\n[\s\S]*row\n1\.1\.0 # mine\n$/);
    });

    it('from the package of before to one that does not start restores the version before', () => {
      const said = packages.run(`${OWN}
        put former.deb; mine
        if put 2.0.0.deb <&-; then echo 'it did not fail'; fi
        kept; served 8080; state`);
      expect(said).not.toContain('it did not fail');
      expect(said).toContain('dapberry: version 0.9.0 was restored and serves again');
      expect(said).toContain('row\n0.9.0 # mine\nhalf-configured');
    });
  },
);

/** former.deb: a package with a conffile and a link for its command, whose scripts only start the service. */
function makeFormer(): void {
  const folder = join(packages.folder, 'former');
  const run = (script: string) => execFileSync('sh', ['-ec', script], { cwd: packages.folder });
  run(`dpkg-deb -R 0.9.0.deb former && cd former
    rm -r usr/share/lintian DEBIAN/triggers DEBIAN/md5sums 2>/dev/null || true
    mkdir -p etc/dapberry && mv usr/share/dapberry/config.starter.yaml etc/dapberry/config.yaml && rmdir usr/share/dapberry
    ln -s /usr/lib/dapberry/systemd/config.schema.json etc/dapberry/
    ln -sf ../lib/dapberry/dist/server/main.js usr/bin/dapberry
    rm -r usr/lib/dapberry/systemd/units DEBIAN/preinst
    sed -i s,/var/lib/dapberry-package/current/,/usr/lib/dapberry/, usr/lib/systemd/system/*`);
  writeFileSync(join(folder, 'DEBIAN/conffiles'), '/etc/dapberry/config.yaml\n');
  const postinst = join(folder, 'DEBIAN/postinst');
  rmSync(postinst);
  appendFileSync(
    postinst,
    `#!/bin/sh
set -e
[ "$1" = configure ] || exit 0
getent passwd dapberry >/dev/null || useradd --system dapberry
systemctl preset dapberry.service
systemctl restart dapberry.service
`,
    { mode: 0o755 },
  );
  run('dpkg-deb --root-owner-group -Zgzip -b former former.deb && rm -r former');
}
