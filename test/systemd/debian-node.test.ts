// Tests what the Debian package does and says about Node and its addons, with the real dpkg in a copy of this machine.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { obstacle, Packages } from './copied-system.ts';

const reason = obstacle();
const packages = new Packages();
afterAll(() => packages.close());

/** Replaces the file of Node as apt does, and has dpkg run the triggers of that. */
const REPLACE = `
replace_node() { place=$(PATH=/usr/local/bin:/usr/bin command -v node); place=$(readlink -f $place)
  cp $place $place.new; mv $place.new $place; touch /run/is-new
  dpkg-trigger --by-package=nodejs --no-await /usr/bin/node; dpkg --triggers-only --pending; }
`;

describe.skipIf(reason !== undefined)(
  `Node under the Debian package${reason === undefined ? '' : ` (${reason})`}`,
  { timeout: 300_000 },
  () => {
    beforeAll(() => {
      packages.make('1.0.0');
      packages.make('1.1.0', '', folder =>
        writeFileSync(
          join(folder, 'node_modules/i2c-bus/index.js'),
          `if (require('node:fs').existsSync('/run/is-new')) throw new Error('compiled against another Node,\\nNODE_MODULE_VERSION 115');`,
        ),
      );
      packages.make(
        '1.2.0',
        `if (command === 'check' && (await import('node:fs')).existsSync('/run/is-new')) throw new Error('no such module');`,
      );
      packages.make(
        '1.3.0',
        `if (command === 'serve' && (await import('node:fs')).existsSync('/run/is-new')) {
          setInterval(() => {}, 1000);
          await new Promise(() => {});
        }`,
      );
    }, 300_000);

    it('is used at once when apt has replaced it and the addons load', () => {
      const said = packages.run(`${REPLACE}
        put 1.0.0.deb; starts; before=$(process)
        replace_node
        starts; served; state; [ "$before" != "$(process)" ]`);
      expect(said).toMatch(/\n1\n[\s\S]*2\n1\.0\.0 # Config.*\ninstalled\n$/);
      expect(said).not.toContain('note: expected');
    });

    it('is not used before a restart when an addon does not load with it, which is said', () => {
      const said = packages.run(`${REPLACE}
        put 1.1.0.deb; before=$(process)
        replace_node
        [ "$before" = "$(process)" ]; served; state`);
      expect(said).toMatch(
        /^dapberry: note: expected that i2c-bus loads under Node .*, found: compiled against/m,
      );
      expect(said).toContain(
        'dapberry: note: the service was not restarted, and goes on with the former Node until it is\n',
      );
      expect(said).toMatch(/1\.1\.0 # Config.*\ninstalled$/m);
    });

    it('is not used when the program does not run with it, and dpkg fails', () => {
      const said = packages.run(`${REPLACE}
        put 1.2.0.deb; before=$(process)
        if replace_node; then echo 'it did not fail'; fi
        [ "$before" = "$(process)" ]; served; state`);
      expect(said).not.toContain('it did not fail');
      expect(said).toContain('no such module');
      expect(said).toContain('expected that dapberry runs with Node ');
      expect(said).toMatch(/1\.2\.0 # Config.*\nhalf-configured$/m);
    });

    it('is used though the service does not become healthy with it, and that is said', () => {
      const said = packages.run(`${REPLACE}
        put 1.3.0.deb
        if replace_node; then echo 'it did not fail'; fi
        state`);
      expect(said).not.toContain('it did not fail');
      expect(said).toMatch(/^dapberry: version 1\.3\.0 was restarted with Node \S+, and does not answer: /m);
      expect(said).not.toContain('was not restarted');
      expect(said).toMatch(/half-configured$/m);
    });

    it('of which addons do not load is installed beside, and that is said', () => {
      const said = packages.run('touch /run/is-new; put 1.1.0.deb; served');
      expect(said).toMatch(/^dapberry: note: expected that i2c-bus loads under Node /m);
      expect(said).toContain('1.1.0 # Config');
    });

    it.each([
      ['none', 'rm -f /usr/bin/node /usr/local/bin/node', 'found none: sudo apt install nodejs'],
      [
        'one in a home',
        'mkdir /home/pi; cp $(readlink -f /usr/bin/node) /home/pi/; ln -sf /home/pi/node /usr/local/bin/node',
        'found /usr/local/bin/node, which is /home/pi/node',
      ],
      [
        'an old one',
        "printf '#!/bin/sh\\necho 18.20.4\\n' >/usr/local/bin/node; chmod 755 /usr/local/bin/node",
        'found 18.20.4 at /usr/local/bin/node',
      ],
    ])('that the service would find is %s: the version before goes on', (_, change, sentence) => {
      const said = packages.run(`
        put 1.0.0.deb; before=$(process); ${change}
        if put 1.1.0.deb; then echo 'it did not fail'; fi
        [ "$before" = "$(process)" ]; kill -0 $before; readlink /var/lib/dapberry-package/current`);
      expect(said).not.toContain('it did not fail');
      expect(said).toContain(sentence);
      expect(said).toContain('versions/1.0.0\n');
    });
  },
);
