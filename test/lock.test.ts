// Tests that the lock file works on every machine, not only where it was written.

import { describe, expect, it } from 'vitest';
import { textOf } from './sources.ts';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly libc?: readonly string[];
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

const { packages } = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, LockedPackage> };

/** Whether a package at `place` finds another one: in its own node_modules, or in those of a folder above. */
function finds(place: string, name: string): boolean {
  const above = place.includes('/node_modules/') ? place.slice(0, place.lastIndexOf('/node_modules/')) : '';
  if (packages[`${place === '' ? '' : `${place}/`}node_modules/${name}`] !== undefined) return true;
  return place !== '' && finds(above, name);
}

describe('package-lock.json', () => {
  it('names the binaries of all platforms, without which `npm ci` fails', () => {
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

  it('names no download address, so that each machine uses its own registry', () => {
    expect(Object.values(packages).flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
  });

  it('has no field that npm 9 or 10 would remove, so that an installation does not change a checkout', () => {
    const marked = Object.keys(packages).filter(place => packages[place]?.libc !== undefined);
    expect(marked, 'npm 11 writes "libc", older versions remove it: remove it').toEqual([]);
  });

  it('has install scripts only in packages that package.json allows, so that npm does not warn', () => {
    const { allowScripts } = JSON.parse(textOf('package.json')) as { allowScripts: Record<string, boolean> };
    const scripted = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([place]) => place.replace(/^.*node_modules\//, ''));
    // Compares names only: npm compares versions only if the lock file has download addresses, which this one lacks.
    expect(allowScripts).toEqual(Object.fromEntries(scripted.map(name => [name, true])));
  });
});
