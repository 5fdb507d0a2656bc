import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  installationAt,
  moduleAdvice,
  type OptionalModule,
  RELEASE_NODES,
  thisInstallation,
} from '../../../device/host/installation.ts';
import { textOf } from '../../sources.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dapberry-installation-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const ADDON = 'node_modules/i2c-bus/lib/binding/node-v115-linux-arm64/i2c.node';

/** What is advised where the program lies with these files beside it. */
function adviceWith(files: readonly string[], { node = '20.19.0', name = 'i2c-bus' as OptionalModule } = {}) {
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  return moduleAdvice(name, installationAt(root, node));
}

describe('who lacks a module', () => {
  it('has npm install it into a checkout', () => {
    expect(adviceWith(['package-lock.json'])).toBe('npm install i2c-bus');
    expect(thisInstallation().kind).toBe('checkout');
  });

  it('is to run npm install after an installation by npm', () => {
    expect(adviceWith(['package.json'], { name: 'onoff' })).toBe('npm install onoff');
  });

  it.each([
    ['a release archive', ['ARCHITECTURE', ADDON]],
    ['a release archive that install.sh has installed', ['ARCHITECTURE', '.content', ADDON]],
    ['the Debian package', [ADDON]],
  ])('is told of the Node that is needed by %s', (_name, files) => {
    const other = adviceWith(files, { node: '25.1.0' });
    expect(other).toMatch(/^this build has it for Node 20, 22 and 24, and this is Node 25\.1\.0: /);
    expect(adviceWith(files, { node: '25.1.0', name: 'onoff' })).toBe(other);
    expect(adviceWith(files)).toMatch(/damaged/);
  });

  it('is not told of another Node for koffi, which runs on all of them', () => {
    expect(adviceWith([ADDON], { node: '25.1.0', name: 'koffi' })).toMatch(/damaged/);
  });

  it('is to install a compiler after install.sh from a checkout', () => {
    expect(adviceWith(['.content'])).toMatch(/g\+\+ make python3, then in the checkout/);
  });
});

it('the named versions of Node are those that a release is compiled for', () => {
  const [, list = ''] = /NODE_VERSIONS = \[(.*)\]/.exec(textOf('scripts/package/architectures.mjs')) ?? [];
  expect([...list.matchAll(/'(\d+)\./g)].map(([, major]) => major)).toEqual(RELEASE_NODES);
});
