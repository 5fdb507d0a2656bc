// Makes the list of all software in a release (SBOM, CycloneDX) with npm, without what changes from one run to the next.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../package/run.mjs';

/** Modules for development whose code the build puts into the page. */
export const IN_PAGE = ['smoothie', 'uplot'];

/**
 * The text of the list: the modules that are installed with the program, and those within its page.
 * @param root the folder with package-lock.json
 * @param seconds the time of the release, in seconds since 1970
 */
export function billOfMaterials(root, seconds) {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const everything = JSON.parse(run('npm', args, { cwd: root }));
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const shipped = new Set(
    Object.entries(packages).flatMap(([path, { version, dev, devOptional }]) => {
      const name = path.replace(/^.*node_modules\//, '');
      return (dev || devOptional) && !IN_PAGE.includes(name) ? [] : [`${name}@${version}`];
    }),
  );
  const components = everything.components.filter(({ name, version }) => shipped.has(`${name}@${version}`));
  // npm calls the modules of the page optional, since the program does not import them.
  for (const component of components) if (IN_PAGE.includes(component.name)) component.scope = 'required';
  const missing = IN_PAGE.filter(module => !components.some(({ name }) => name === module));
  if (missing.length > 0) throw new Error(`package-lock.json: expected ${missing.join(' and ')}, found none`);
  const references = new Set([
    everything.metadata.component['bom-ref'],
    ...components.map(component => component['bom-ref']),
  ]);
  const dependencies = everything.dependencies
    .filter(({ ref }) => references.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(other => references.has(other)) }));
  // npm names the component after its folder.
  const component = { ...everything.metadata.component, type: 'application', name: 'dapberry' };
  const timestamp = new Date(seconds * 1000).toISOString();
  const metadata = { ...everything.metadata, timestamp, component };
  const list = { ...everything, serialNumber: undefined, metadata, components, dependencies };
  return `${JSON.stringify({ ...list, serialNumber: `urn:uuid:${uuidOf(JSON.stringify(list))}` }, null, 2)}\n`;
}

/** A UUID made of a hash of the text (RFC 9562, version 8): the same list has the same number. */
function uuidOf(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}
