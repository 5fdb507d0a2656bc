// Tests which modules of npm a package for an architecture contains.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

const { keepNeeded } = (await import('../../scripts/package/stage.mjs' as string)) as {
  readonly keepNeeded: (target: string, modules: string) => void;
};

const target = mkdtempSync(join(tmpdir(), 'dapberry-stage-'));
const modules = join(target, 'node_modules');
afterEach(() => rmSync(target, { recursive: true }));

/** Installs a module with code and a licence. */
function install(name: string, manifest: object = {}): void {
  mkdirSync(join(modules, name), { recursive: true });
  for (const file of ['index.js', 'LICENSE']) writeFileSync(join(modules, name, file), '');
  writeFileSync(join(modules, name, 'package.json'), JSON.stringify(manifest));
}

it('a package has the modules with addons and what they need, and of those in the bundle the licences', () => {
  install('i2c-bus', { dependencies: { bindings: '1' } });
  install('bindings');
  install('koffi', { optionalDependencies: { '@koromix/koffi-linux-x64': '3' } });
  install('@koromix/koffi-linux-x64');
  install('fastify');
  install('fastify/node_modules/old');
  install('@fastify/cors');
  install('ajv');
  mkdirSync(join(target, 'dist'));
  const bundled = [{ name: 'fastify' }, { name: '@fastify/cors' }];
  writeFileSync(join(target, 'dist/modules.json'), JSON.stringify(bundled));
  keepNeeded(target, modules);
  const whole = ['LICENSE', 'index.js', 'package.json'];
  for (const name of ['i2c-bus', 'bindings', 'koffi', '@koromix/koffi-linux-x64'])
    expect(readdirSync(join(modules, name)), name).toEqual(whole);
  for (const name of ['fastify', '@fastify/cors'])
    expect(readdirSync(join(modules, name)), name).toEqual(['LICENSE', 'package.json']);
  expect(existsSync(join(modules, 'ajv'))).toBe(false);
});
