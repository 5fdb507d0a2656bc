// Tests which Node install.sh accepts, installs or misses, and that its addons load.

import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';
import { install, nodes, release, useCard, withParts, work } from './card.ts';

const isRoot = process.getuid?.() === 0;

useCard();

describe.skipIf(!isRoot)(`the Node of a card${isRoot ? '' : ' (needs root)'}`, () => {
  it.each([
    ['has none', {}, /expected Node 20\.19 or later .*, found none/],
    [
      'has one that is too old',
      { packaged: '1:18.20.4+dfsg-1~deb12u1' },
      /found 18\.20\.4 at .*usr\/bin\/node/,
    ],
    [
      'has an old one that comes first',
      { packaged: '22.21.0-1nodesource1', local: [20, 11, 1] },
      /found 20\.11\.1 at .*usr\/local\/bin/,
    ],
    [
      'has one of which nothing is known',
      { packaged: '22.21.0-1nodesource1', local: [] },
      /found one of unknown version at .*usr\/local\/bin/,
    ],
  ])('tells of a card that %s for Node, first and last, and is installed', (_, node, found) => {
    nodes(node);
    const { status, said } = install(release('1.0.0'));
    expect(status).toBe(0);
    const notes = said.split('\n').filter(line => found.test(line));
    expect(notes).toHaveLength(2);
    expect(said.startsWith(`${notes[0]}\n`)).toBe(true);
    expect(said.split('\n').slice(-3).join('\n')).toContain(notes[1]);
    expect(notes[1]).toContain('sudo /opt/dapberry/current/systemd/install.sh');
    expect(install(join(work, '1.0.0')).said).toMatch(/\nnothing to do but what the notes say\n$/);
  });

  it.each([
    ['of Debian', { packaged: '20.19.2+dfsg-1' }],
    ['of NodeSource', { packaged: '22.21.0-1nodesource1' }],
    ['of nodejs.org', { local: [24, 4, 0] }],
    ['of nodejs.org before an old one of Debian', { packaged: '18.20.4+dfsg-1', local: [22, 12, 0] }],
  ])('says nothing of a Node %s that will do', (_, node) => {
    nodes(node);
    expect(install(release('1.0.0'))).toMatchObject({ status: 0, said: expect.not.stringContaining('Node') });
  });
});

describe.skipIf(!isRoot)(`the build of a checkout${isRoot ? '' : ' (needs root)'}`, () => {
  it('leaves nothing of npm and of what it compiles in the home of root', () => {
    const [home, kept] = [join(work, 'home'), join(work, 'kept')];
    for (const folder of [home, kept]) mkdirSync(folder);
    // As npm and node-gyp do it.
    const npm = `
      npm() {
        mkdir -p "\${npm_config_cache:-$HOME/.npm}/_cacache" "\${XDG_CACHE_HOME:-$HOME/.cache}/node-gyp" node_modules
      }
      chown() { :; }
      export -f npm
      runuser() { bash -c "\${@: -1}"; }`;
    const from = release('1.0.0');
    writeFileSync(join(from, 'package-lock.json'), '{}');
    rmSync(join(from, 'ARCHITECTURE'));
    const { status, stderr } = withParts(
      ['steps', 'program'],
      `${npm}
      KEPT=${kept} SOURCE=${from} PROGRAM=${work}/program
      is_built() { return 1; }
      build_checkout
      copy_program ${work}/staged mark`,
      { HOME: home, npm_config_cache: '', XDG_CACHE_HOME: '' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readdirSync(home)).toEqual([]);
    expect(readdirSync(kept)).not.toEqual([]);
  });
});

describe('the Node of the machine', () => {
  /** What is said of a Node at this place. */
  function ask(place: string) {
    return withParts(
      ['steps', 'node', 'machine', 'program'],
      `node() { echo 22.13.1; }
      command() { echo /usr/local/bin/node; }
      readlink() { echo ${place}; }
      check_node`,
    );
  }

  it.each([
    '/home/pi/.nvm/versions/node/v22.13.1/bin/node',
    '/root/.volta/bin/node',
    '/run/user/1000/fnm_multishells/1/bin/node',
  ])('is refused at %s, where the service sees nothing', place => {
    const { status, stderr } = ask(place);
    expect(status).toBe(1);
    expect(stderr).toContain('expected a Node outside of homes');
    expect(stderr).toContain(`found /usr/local/bin/node, which is ${place}`);
  });

  it('is not mentioned elsewhere', () => {
    expect(ask('/usr/bin/node')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  /** Where there is none yet, and apt works as these lines say; `$1` of apt_get is what it is asked for. */
  function withApt(lines: string) {
    return withParts(
      ['steps', 'node', 'machine', 'program'],
      `KEPT=${work}
      command() { case $2 in node) return 1 ;; esac; }
      node() { [ ! -e ${work}/node ] || cat ${work}/node; }
      packages() { :; }
      candidate_of() { echo 20.19.2; }
      ${lines}
      apt-get() { local word; for word; do case $word in install) apt_install_; return ;; update) apt_update_; return ;; esac; done; }
      env() { shift; "$@"; }
      check_node`,
    );
  }

  it('is installed without new lists where the old ones will do', () => {
    const { status, stdout } = withApt(
      `apt_install_() { echo 20.19.2 >${work}/node; }; apt_update_() { exit 9; }`,
    );
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'install Node 20.19.2 (apt-get install nodejs)\n',
    });
  });

  it('is installed with new lists, once, where those of before name files that are gone', () => {
    const { status, stdout } = withApt(`
      apt_install_() { [ -e ${work}/fresh ] && echo 20.19.2 >${work}/node; }
      apt_update_() { [ ! -e ${work}/fresh ] && touch ${work}/fresh; }`);
    expect(status).toBe(0);
    expect(stdout).toContain('the lists of packages may be old');
  });

  it.each([
    [
      'the machine is offline',
      'apt_install_() { return 100; }; apt_update_() { return 100; }',
      'may be offline',
    ],
    [
      'there are no lists, and the machine is offline',
      'candidate_of() { :; }; apt_install_() { exit 9; }; apt_update_() { return 100; }',
      'may be offline',
    ],
    [
      'new lists do not help',
      'apt_install_() { return 100; }; apt_update_() { return 0; }',
      'expected that apt installs nodejs, also with new lists',
    ],
    [
      'apt installs another one',
      `apt_install_() { echo 18.20.4 >"$KEPT/node"; }; apt_update_() { :; }`,
      'expected that apt installs a Node of 20.19 or later, found 18.20.4 after it',
    ],
  ])('is told to be missing where %s', (_, lines, sentence) => {
    const { status, stderr } = withApt(lines);
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
  });
});

describe('the addons', () => {
  /** A program with modules whose addons load as these texts do, for these Nodes. */
  function addons(texts: Readonly<Record<string, string>>, ...built: readonly number[]) {
    const root = join(work, 'program');
    for (const name of ['i2c-bus', 'onoff', 'koffi']) {
      mkdirSync(join(root, 'node_modules', name), { recursive: true });
      writeFileSync(join(root, 'node_modules', name, 'index.js'), texts[name] ?? '');
    }
    for (const abi of built)
      mkdirSync(join(root, `node_modules/i2c-bus/lib/binding/node-v${abi}-linux-arm64`), { recursive: true });
    mkdirSync(join(root, 'systemd'));
    cpSync(join(ROOT, 'systemd/load-addons.mjs'), join(root, 'systemd/load-addons.mjs'));
    const { status, stdout, stderr } = withParts(
      ['steps', 'node', 'machine', 'program'],
      `PROGRAM=${root}
      as_service() { "$@"; }
      tell_addons`,
    );
    return { status, said: stdout, complained: stderr };
  }
  const own = Number(process.versions.modules);
  const WRONG = `throw new Error("The module 'x' was compiled against\\nNODE_MODULE_VERSION 1. Please try re-compiling")`;

  it('are not mentioned where they load', () => {
    expect(addons({}, own)).toEqual({ status: 0, said: '', complained: '' });
  });

  it('are told to be missing for this Node, with those that there are, whichever modules need them', () => {
    const { said } = addons({ 'i2c-bus': WRONG, onoff: WRONG }, 127, 137);
    expect(said).toMatch(
      new RegExp(
        `^note: expected a Node that this build has addons for \\(22, 24\\), found Node ${process.versions.node} at .*: sensors on I2C and GPIO pins through sysfs will not work\\. Install one of these, .*\\n$`,
      ),
    );
  });

  it('are told to be wrong where they are there for this Node and do not load, and that the same build does not help', () => {
    const { said } = addons({ 'i2c-bus': WRONG }, 127, own);
    expect(said).toContain('expected that i2c-bus loads under Node');
    expect(said).toContain('compiled against NODE_MODULE_VERSION 1. Sensors on I2C will not work.');
    expect(said).toContain('take another one; installing the same one again does not help');
  });

  it('are told to be compiled for another Node on this machine, and how that comes', () => {
    const { said } = addons({ onoff: WRONG });
    expect(said).toContain('npm config delete nodedir; then install again');
  });

  it('that crash are reported like any other', () => {
    const { status, said } = addons({ koffi: 'process.kill(process.pid, "SIGSEGV")' }, own);
    expect(status).toBe(0);
    expect(said).toContain('expected that koffi loads');
    expect(said).toContain('its process ended by SIGSEGV');
  });
});
