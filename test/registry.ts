// Serves the modules in node_modules as a registry of npm, so that a test installs them without a network.

import { spawn } from 'node:child_process';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from './sources.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
}

export interface Registry {
  readonly url: string;
  /** The names of modules that npm fetched. */
  readonly fetched: ReadonlySet<string>;
  /** Serves another file at the top. */
  serve(name: string, file: string): void;
  close(): void;
}

export async function serveRegistry(): Promise<Registry> {
  const folders = new Map<string, Map<string, string>>();
  for (const folder of modulesBelow(join(ROOT, 'node_modules'))) {
    const { name, version } = manifestOf(folder);
    const versions = folders.get(name) ?? new Map<string, string>();
    folders.set(name, versions.set(version, folder));
  }
  const fetched = new Set<string>();
  const files = new Map<string, string>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://registry').pathname.slice(1));
    const [name = '', version] = path.split('/-/');
    const versions = folders.get(name);
    const file = files.get(name);
    if (file !== undefined) createReadStream(file).pipe(response);
    else if (versions === undefined) response.writeHead(404).end('{}');
    else if (version === undefined) response.end(JSON.stringify(description(name, versions, base())));
    else {
      fetched.add(name);
      // Addons are compiled where they are installed.
      const options = ['-cz', '--transform=s,^\\.,package,', '--exclude=./node_modules', '--exclude=./build'];
      const { stdout } = spawn('tar', [...options, '-C', versions.get(version) ?? '', '.']);
      stdout.pipe(response);
    }
  });
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: base(),
    fetched,
    serve: (name, file) => void files.set(name, file),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What a registry tells of a module. */
function description(name: string, versions: ReadonlyMap<string, string>, base: string): object {
  const all = [...versions].map(([version, folder]) => {
    const dist = { tarball: `${base}/${name}/-/${version}` };
    return [version, { ...manifestOf(folder), dist }] as const;
  });
  return { name, 'dist-tags': { latest: all[0]?.[0] }, versions: Object.fromEntries(all) };
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The folder of every module, also in scopes and inside of other modules. */
function modulesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter(
    entry => entry.isDirectory() && !entry.name.startsWith('.'),
  );
  return entries.flatMap(({ name }) => {
    const path = join(folder, name);
    if (name.startsWith('@')) return modulesBelow(path);
    const own = existsSync(join(path, 'package.json')) ? [path] : [];
    return [...own, ...modulesBelow(join(path, 'node_modules'))];
  });
}
