// Lists the documents that travel with the program, by the addresses below `/docs/` at which the server gives them.

import { readdir } from 'node:fs/promises';
import { isMissing } from '../../../device/index.ts';

/** The folder of all pages of the documentation, relative to that of the program. */
const FOLDER = 'docs';

/** Documents beside the pages that these link to. */
const OTHERS = ['README.md', 'CHANGELOG.md', 'LICENSE'];

/** The configurations and rules that pages link to. */
const EXAMPLES = { folder: 'systemd', names: /\.(yaml|json|rules)$/ };

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  svg: 'image/svg+xml',
  md: 'text/markdown; charset=utf-8',
};

export interface Document {
  /** Below `/docs/`: `page.md`, `wiring/ds18b20.svg`, `systemd/config.example.yaml`. */
  readonly address: string;
  /** Below the folder of the program: `docs/page.md`. */
  readonly path: string;
  readonly mediaType: string;
}

/**
 * All documents, by their paths below the folder of the program. The list is the only way to a file: no address leads out of it.
 * Rejects where the folder of the pages is missing.
 */
export async function listDocuments(root: URL): Promise<ReadonlyMap<string, Document>> {
  const [pages, beside, examples] = await Promise.all([
    readdir(new URL(`${FOLDER}/`, root), { recursive: true, withFileTypes: true }),
    readdir(root),
    readdir(new URL(`${EXAMPLES.folder}/`, root)).catch(noneIfMissing),
  ]);
  const folder = new URL(`${FOLDER}/`, root).pathname;
  const paths = [
    ...pages
      .filter(entry => entry.isFile())
      .map(
        entry =>
          `${FOLDER}/${`${encodeURI(entry.parentPath)}/${entry.name}`.slice(folder.length).replace(/^\//, '')}`,
      ),
    ...OTHERS.filter(name => beside.includes(name)),
    ...examples.filter(name => EXAMPLES.names.test(name)).map(name => `${EXAMPLES.folder}/${name}`),
  ];
  return new Map(paths.map(path => [path, documentAt(path)]));
}

function noneIfMissing(error: unknown): readonly string[] {
  if (isMissing(error)) return [];
  throw error;
}

function documentAt(path: string): Document {
  const address = path.startsWith(`${FOLDER}/`) ? path.slice(FOLDER.length + 1) : path;
  const [, ending = ''] = /\.(\w+)$/.exec(path) ?? [];
  return { address, path, mediaType: TYPES[ending] ?? 'text/plain; charset=utf-8' };
}

/** The address of a page of Markdown as HTML: `page.html`; README.md is the first page, at the folder itself. */
export function pageAddress({ address }: Document): string {
  return address === 'README.md' ? './' : address.replace(/\.md$/, '.html');
}

export function isPage({ address }: Document): boolean {
  return address.endsWith('.md');
}
