import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

interface Locked {
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly dev?: boolean;
  /** Old packages list several, of which one may be chosen. */
  readonly license?: string | readonly string[];
}

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

const LICENCES =
  /^(?:\(?(?:MIT|ISC|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|0BSD|Unlicense)(?: OR .*)?\)?)$/;

describe('docs/dependencies.md', () => {
  const text = readFileSync('docs/dependencies.md', 'utf8');
  const tableUnder = (heading: string) =>
    [
      ...text
        .split(`## ${heading}\n`)[1]!
        .split('\n## ')[0]!
        .matchAll(/^\| `([^`]+)` \|/gm),
    ].map(([, name]) => name);
  const { dependencies, optionalDependencies } = read<Package>('package.json');

  it('names each library of the program, and no other', () => {
    expect(tableUnder('Of the program').sort()).toEqual(Object.keys(dependencies).sort());
    expect(tableUnder('With a part in C').sort()).toEqual(Object.keys(optionalDependencies).sort());
  });
});

describe('the installed libraries', () => {
  const { packages } = read<{ readonly packages: Readonly<Record<string, Locked>> }>('package-lock.json');
  const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);

  it('run no script when they are installed, besides the optional ones', () => {
    const scripts = shipped.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(scripts.filter(([, { optional }]) => optional !== true)).toEqual([]);
  });

  it('have licences that allow everyone to use them', () => {
    expect(shipped.length).toBeGreaterThan(50);
    const isAllowed = ({ license = 'none' }: Locked) => [license].flat().some(name => LICENCES.test(name));
    expect(shipped.filter(([, locked]) => !isAllowed(locked)).map(([path]) => path)).toEqual([]);
  });
});
