import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';
import { describeWith } from '../tools.ts';

const script = (name: string) => import(pathToFileURL(join(ROOT, 'scripts/package', name)).href);
const { moduleVersion } = (await script('module-version.mjs')) as { moduleVersion(file: string): number };
const { compilerEnvironment, expectVersion } = (await script('addons.mjs')) as {
  compilerEnvironment(environment: NodeJS.ProcessEnv, tools: object): NodeJS.ProcessEnv;
  expectVersion(addon: string, expected: number, node: string): void;
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-addons-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An ELF file of 32 or 64 bits with one symbol in `.data`, where this number stands behind another one. */
function elf(bits: 32 | 64, symbol: string, value: number): string {
  const word = bits / 8;
  const text = Buffer.from(`\0${symbol}\0`, 'latin1');
  const data = Buffer.alloc(8);
  data.writeInt32LE(value, 4);
  const entry = bits === 64 ? 24 : 16;
  const symbols = Buffer.alloc(2 * entry);
  symbols.writeUInt32LE(1, entry);
  // In section 1, which is at 0x1000 when it is loaded.
  symbols.writeUInt16LE(1, entry + (bits === 64 ? 6 : 14));
  symbols.writeUInt32LE(0x1004, entry + (bits === 64 ? 8 : 4));
  const header = bits === 64 ? 64 : 52;
  const parts = [data, symbols, text];
  const places = parts.map((_, index) =>
    parts.slice(0, index).reduce((sum, part) => sum + part.length, header),
  );
  const size = bits === 64 ? 64 : 40;
  const sections = Buffer.alloc(4 * size);
  const types = [1, 2, 3];
  for (const [index, part] of parts.entries()) {
    const at = (index + 1) * size;
    sections.writeUInt32LE(types[index]!, at + 4);
    sections.writeUInt32LE(index === 0 ? 0x1000 : 0, at + 8 + word);
    sections.writeUInt32LE(places[index]!, at + 8 + 2 * word);
    sections.writeUInt32LE(part.length, at + 8 + 3 * word);
    sections.writeUInt32LE(3, at + 8 + 4 * word);
  }
  const start = Buffer.alloc(header);
  start.writeUInt32BE(0x7f454c46, 0);
  start[4] = bits === 64 ? 2 : 1;
  start[5] = 1;
  start.writeUInt32LE(header + data.length + symbols.length + text.length, bits === 64 ? 40 : 32);
  start.writeUInt16LE(size, bits === 64 ? 58 : 46);
  start.writeUInt16LE(4, bits === 64 ? 60 : 48);
  const file = join(folder, `${bits}-${symbol}.node`);
  writeFileSync(file, Buffer.concat([start, ...parts, sections, Buffer.alloc(64)]));
  return file;
}

describe('the Node that an addon was compiled for', () => {
  it.each([32, 64] as const)('is read from what it registers, in ELF of %i bits', bits => {
    expect(moduleVersion(elf(bits, '_ZL7_module', 127))).toBe(127);
    expect(moduleVersion(elf(bits, '_module', 115))).toBe(115);
    expect(moduleVersion(elf(bits, 'node_register_module_v137', 0))).toBe(137);
  });

  it('is the number that Node itself compares: what loads has its own', () => {
    const modules = join(ROOT, 'node_modules');
    const compiled = ['i2c-bus/build/Release/i2c.node', 'epoll/build/Release/epoll.node']
      .map(path => join(modules, path))
      .filter(file => existsSync(file));
    for (const file of compiled) {
      const { status } = spawnSync(process.execPath, ['--eval', `require(${JSON.stringify(file)})`]);
      expect(moduleVersion(file) === Number(process.versions.modules)).toBe(status === 0);
    }
  });

  it('is missing in what is none', () => {
    expect(() => moduleVersion(elf(64, 'main', 127))).toThrow(
      'expected an addon with its NODE_MODULE_VERSION',
    );
    const text = join(folder, 'text');
    writeFileSync(text, 'x'.repeat(100));
    expect(() => moduleVersion(text)).toThrow('expected an addon in ELF');
  });

  it('ends the packaging where it is another one', () => {
    const addon = elf(64, '_module', 115);
    expect(() => expectVersion(addon, 115, '20.19.0')).not.toThrow();
    expect(() => expectVersion(addon, 127, '22.13.1')).toThrow(
      'expected an addon for Node 22.13.1 (NODE_MODULE_VERSION 127), found one for 115',
    );
  });
});

/** As npm hands its configuration to the scripts that it runs, and other things that choose headers. */
const ENVIRONMENT = {
  npm_config_nodedir: '/usr',
  NPM_CONFIG_NODEDIR: '/usr',
  npm_config_target: '18.0.0',
  npm_config_disturl: 'http://127.0.0.1:1/',
  npm_config_dist_url: 'http://127.0.0.1:1/',
  npm_config_runtime: 'electron',
  npm_config_arch: 'ia32',
  npm_config_target_arch: 'ia32',
  npm_config_devdir: '/nonexistent',
  npm_package_config_node_gyp_nodedir: '/usr',
  GYP_DEFINES: 'node_root_dir=/usr',
  CPATH: '/usr/include/node',
  C_INCLUDE_PATH: '/usr/include/node',
  CPLUS_INCLUDE_PATH: '/usr/include/node',
};

describe('the headers that addons are compiled with', () => {
  it('are those that are named, whatever the configuration of npm names', () => {
    const environment = compilerEnvironment({ ...ENVIRONMENT, PATH: '/bin', HOME: '/root' }, { CC: 'cc' });
    expect(environment).toEqual({ PATH: '/bin', HOME: '/root', CC: 'cc' });
  });
});

describeWith('python3', 'node-gyp', () => {
  it('takes the headers that are named, whatever the configuration of npm names', () => {
    const npm = spawnSync('npm', ['root', '--global'], { encoding: 'utf8' }).stdout.trim();
    const gyp = [
      join(npm, 'npm/node_modules/node-gyp/bin/node-gyp.js'),
      '/usr/share/nodejs/node-gyp/bin/node-gyp.js',
    ].find(file => existsSync(file));
    expect(gyp).toBeDefined();
    const headers = join(folder, 'headers');
    spawnSync('mkdir', ['-p', join(headers, 'include/node')]);
    writeFileSync(join(headers, 'include/node/common.gypi'), '{}');
    writeFileSync(join(headers, 'include/node/config.gypi'), '{"target_defaults": {}, "variables": {}}');
    writeFileSync(join(folder, 'binding.gyp'), '{"targets": [{"target_name": "x", "type": "none"}]}');
    const options = [gyp!, 'configure', '--arch=arm64', `--nodedir=${headers}`, '--silent'];
    const { status, stderr } = spawnSync(process.execPath, options, {
      cwd: folder,
      encoding: 'utf8',
      env: compilerEnvironment({ ...process.env, ...ENVIRONMENT }, {}),
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { variables } = JSON.parse(
      readFileSync(join(folder, 'build/config.gypi'), 'utf8').replace(/^#.*\n/gm, ''),
    ) as { variables: Record<string, unknown> };
    expect(variables).toMatchObject({ nodedir: headers, target_arch: 'arm64' });
  });
});
