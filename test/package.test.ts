import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './sources.ts';

/** A folder outside the project, like a user's: programs there find only the packages that are installed there. */
const user = mkdtempSync(join(tmpdir(), 'dapberry-user-'));
const installed = join(user, 'node_modules', 'dapberry');
let packed: string[];

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: user, encoding: 'utf8' }).trim();
}

beforeAll(() => {
  if (!existsSync(join(ROOT, 'dist', 'dap', 'index.js'))) throw new Error('expected a build; npm run build');
  // Packs the present build: a new build would remove files that other tests use.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', user];
  const report = execFileSync('npm', pack, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename, files }] = JSON.parse(report) as [{ filename: string; files: { path: string }[] }];
  packed = files.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(user, filename), '-C', installed, '--strip-components=1']);
  writeFileSync(join(user, 'package.json'), JSON.stringify({ type: 'module' }));
});

afterAll(() => rmSync(user, { recursive: true, force: true }));

describe('the package', () => {
  it('contains the program, the library with its types, the page, and the files for administrators; nothing else', () => {
    const wanted = ['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json'].concat(
      ['dap/index.js', 'dap/index.d.ts', 'server/main.js', 'web/index.html'].map(file => `dist/${file}`),
    );
    expect(wanted.filter(path => !packed.includes(path))).toEqual([]);
    const other = packed.filter(
      path =>
        !/^(dist\/(dap|device|server|web)|docs|systemd)\/|^[^/]+$|^dist\/(licenses\.txt|modules\.json)$/.test(
          path,
        ),
    );
    expect(other).toEqual([]);
  });

  it('brings the decoder to a program without other packages', () => {
    const program = `const { decodeAll } = await import('dapberry/dap'); console.log(typeof decodeAll)`;
    expect(node('--input-type=module', '-e', program)).toBe('function');
  });

  it('runs where no other package is installed, and a driver gets the same classes from it as the program', () => {
    writeFileSync(
      join(user, 'half.js'),
      `import { IncompleteReading } from 'dapberry/device';
      const channels = [{ name: 'depth', units: 'm', longName: 'Depth' }, { name: 'flow', units: 'm', longName: 'Flow' }];
      export default ({ z }) => ({
        name: 'half', title: 'Half', description: 'Half a sensor.', needs: [], channels: () => channels,
        options: z.strictObject({}), conversionTime: () => 0,
        open: async () => ({
          name: 'half', channels, close: async () => {},
          read: async () => { throw new IncompleteReading([1.5, Number.NaN], 'no flow today'); },
        }),
      });`,
    );
    writeFileSync(join(user, 'half.yaml'), 'datasets: {half: {sensors: [{driver: ./half.js}]}}\n');
    const command = [join(installed, 'dist', 'server', 'main.js'), 'read', '--config', 'half.yaml'];
    const { stdout, stderr } = spawnSync(process.execPath, command, { cwd: user, encoding: 'utf8' });
    // An error of another class would be a failed reading, without values.
    expect(stdout + stderr).toMatch(/1\.5/);
    expect(stdout + stderr).toMatch(/no flow today/);
  });

  it('brings the licences of the modules that its code contains', () => {
    const licences = readFileSync(join(installed, 'dist', 'licenses.txt'), 'utf8');
    const modules = JSON.parse(readFileSync(join(installed, 'dist', 'modules.json'), 'utf8')) as {
      readonly name: string;
      readonly version: string;
    }[];
    expect(modules.map(({ name }) => name)).toEqual(expect.arrayContaining(['fastify', 'yaml', 'zod']));
    const unnamed = modules.filter(({ name, version }) => !licences.includes(`${name} ${version} (`));
    expect(unnamed).toEqual([]);
    expect(licences).toContain('Copyright (c) 2016-present The Fastify team');
  });

  it.each([
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
  ])(
    'gives its types to a strict TypeScript program (module %s, resolution %s)',
    (module, moduleResolution) => {
      const program = `
      import { type Batch, decodeAll } from 'dapberry/dap';
      const decoded: ReturnType<typeof decodeAll> = decodeAll(new Uint8Array());
      export const length = (batch: Batch): number => batch.length;
      export const wrong = (batch: Batch): string => batch.length;
      export { decoded };`;
      writeFileSync(join(user, 'program.ts'), program);
      const compilerOptions = {
        ...{ module, moduleResolution, target: 'ES2023', lib: ['ES2023', 'DOM', 'DOM.AsyncIterable'] },
        ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, types: [] },
      };
      writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
      const tsc = join(ROOT, 'node_modules', 'typescript', 'lib', 'tsc.js');
      // One line of the program has a wrong type: the compiler must report this line and no other.
      const { stdout } = spawnSync(process.execPath, [tsc, '-p', user, '--pretty', 'false'], {
        cwd: user,
        encoding: 'utf8',
      });
      expect(stdout.trim()).toMatch(
        /^program\.ts\(5,\d+\): error TS2322: Type 'number' is not assignable to .*$/,
      );
    },
  );

  it('brings its types to a driver in TypeScript and to the example in JavaScript', () => {
    symlinkSync(join(ROOT, 'node_modules', 'zod'), join(user, 'node_modules', 'zod'));
    const driver = `
      import type { Driver } from 'dapberry/device';
      const channels = [{ name: 'count', units: '1', longName: 'Count' }];
      export default (({ z, sensorKind }) => sensorKind({
        name: 'counter', title: 'Counter', description: 'Counts.', needs: [], channels: () => channels,
        options: z.strictObject({ step: z.number().default(1) }),
        conversionTime: ({ step }) => step.length,
        open: async ({ step }, { clock }) =>
          ({ name: 'counter', channels, read: async () => [clock.wall() * step], close: async () => {} }),
      })) satisfies Driver;`;
    writeFileSync(join(user, 'driver.ts'), driver);
    const example = join('node_modules', 'dapberry', 'docs', 'example-sensor.js');
    cpSync(join(user, example), join(user, 'example.js'));
    const compilerOptions = {
      ...{ module: 'NodeNext', target: 'ES2023', lib: ['ES2023', 'DOM', 'DOM.AsyncIterable'], types: [] },
      ...{ strict: true, allowJs: true, checkJs: true, noEmit: true, skipLibCheck: false },
    };
    const files = ['driver.ts', 'example.js'];
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const tsc = join(ROOT, 'node_modules', 'typescript', 'lib', 'tsc.js');
    // One line has a wrong type: the compiler must report this line and no other.
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', user, '--pretty', 'false'], {
      cwd: user,
      encoding: 'utf8',
    });
    expect(stdout.trim()).toMatch(
      /^driver\.ts\(7,\d+\): error TS2339: Property 'length' does not exist on type 'number'\.$/,
    );
  });

  it('starts as a command', () => {
    expect(node(join(installed, 'dist', 'server', 'main.js'), '--version')).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
