// Tests that the lock file serves every machine, and not only the one on which it was written.

import { describe, expect, it } from 'vitest';
import { textOf } from './sources.ts';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly libc?: readonly string[];
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

const { packages } = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, Locked> };

/** Whether a package that lies at `place` finds another one: beside it, or in a folder above. */
function finds(place: string, name: string): boolean {
  const above = place.includes('/node_modules/') ? place.slice(0, place.lastIndexOf('/node_modules/')) : '';
  if (packages[`${place === '' ? '' : `${place}/`}node_modules/${name}`] !== undefined) return true;
  return place !== '' && finds(above, name);
}

describe('package-lock.json', () => {
  it('names the binaries for all platforms, without which npm refuses a clean installation', () => {
    const absent = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter(name => !finds(place, name))
        .map(name => `${place}: ${name}`),
    );
    expect(absent).toEqual([]);
  });

  it.each(['arm64', 'arm', 'x64'])('has what builds the project on Linux, %s', cpu => {
    const fitting = Object.keys(packages).filter(place => {
      const locked = packages[place];
      return locked?.os?.includes('linux') && locked.cpu?.includes(cpu);
    });
    for (const builder of ['rolldown', 'lightningcss', 'typescript']) {
      expect(fitting.filter(place => place.includes(builder))).not.toEqual([]);
    }
  });

  it('names no place to download from, so that each machine uses its own registry', () => {
    expect(Object.values(packages).flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
  });

  it('holds nothing that npm 9 or 10 would take out, so that an installation leaves a checkout as it was', () => {
    const marked = Object.keys(packages).filter(place => packages[place]?.libc !== undefined);
    expect(marked, 'npm 11 writes "libc", older ones remove it: take it out').toEqual([]);
  });

  it('has no package with an install script but those that package.json allows, of which npm would warn', () => {
    const { allowScripts } = JSON.parse(textOf('package.json')) as { allowScripts: Record<string, boolean> };
    const scripted = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([place]) => place.replace(/^.*node_modules\//, ''));
    // By their names alone: npm matches a version only where the lock file has the address of each package, which it leaves out.
    expect(allowScripts).toEqual(Object.fromEntries(scripted.map(name => [name, true])));
  });
});
