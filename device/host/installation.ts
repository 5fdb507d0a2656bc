// Finds out how this program was installed, and what to do about an optional module that is missing or does not run.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The optional modules by which sensors are reached. */
export type OptionalModule = 'i2c-bus' | 'koffi' | 'onoff';

export interface Installation {
  /**
   * `checkout` of the sources; `release`, a release archive or Debian package, which bring their addons compiled; `compiled`, by
   * install.sh from a checkout; `npm`, by npm as any package.
   */
  readonly kind: 'checkout' | 'release' | 'compiled' | 'npm';
  /** The version of this Node. */
  readonly node: string;
}

/** The versions of Node that the addons of a release are compiled for (scripts/package/architectures.mjs). */
export const RELEASE_NODES: readonly string[] = ['20', '22', '24'];

/** The folder of the program: two up in the sources, three in `dist`. */
const ROOT = ['../..', '../../..']
  .map(path => fileURLToPath(new URL(path, import.meta.url)))
  .find(folder => existsSync(join(folder, 'package.json')));

export function thisInstallation(): Installation {
  return installationAt(ROOT ?? '');
}

/** Recognises an installation by files of install.sh, of a release, or of a checkout. */
export function installationAt(root: string, node: string = process.versions.node): Installation {
  // A release has its addons per Node in the first of these; the Debian package leaves the second file out.
  const isRelease = ['node_modules/i2c-bus/lib/binding', 'ARCHITECTURE'].some(name =>
    existsSync(join(root, name)),
  );
  return { kind: isRelease ? 'release' : sourceKind(root), node };
}

function sourceKind(root: string): Installation['kind'] {
  if (existsSync(join(root, 'package-lock.json'))) return 'checkout';
  // install.sh leaves this file after it has copied everything (systemd/install/program.sh).
  return existsSync(join(root, '.content')) ? 'compiled' : 'npm';
}

/** What to do about a module that is missing or does not run. */
export function moduleAdvice(
  name: OptionalModule,
  { kind, node }: Installation = thisInstallation(),
): string {
  // The addon of koffi runs on every Node.
  if (kind === 'release' && name !== 'koffi' && !RELEASE_NODES.includes(node.split('.')[0]!)) {
    const nodes = `${RELEASE_NODES.slice(0, -1).join(', ')} and ${RELEASE_NODES.at(-1)}`;
    return `this build has it for Node ${nodes}, and this is Node ${node}: install one of these, then sudo systemctl restart dapberry`;
  }
  if (kind === 'release')
    return 'it came with this build, and is damaged or made for another Node: uninstall dapberry and install another build';
  if (kind === 'compiled')
    return 'sudo apt-get install g++ make python3, then in the checkout sudo ./systemd/install.sh --uninstall && sudo ./systemd/install.sh';
  return `npm install ${name}`;
}
