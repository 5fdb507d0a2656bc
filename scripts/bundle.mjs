// Bundles the compiled program of `build/` into the few files of `dist/` that are shipped. Run by `npm run build`.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';
import { licencesText, modulesOf } from './bundle/modules.mjs';

const root = join(import.meta.dirname, '..');
const [build, dist] = ['build', 'dist'].map(name => join(root, name));

/** The files by which programs enter: the command, its worker thread, and the exports of package.json. */
const ENTRIES = {
  'server/main': 'server/main.js',
  // Beside the chunks, where server/history/worker-jobs.ts looks for it.
  'server/worker': 'server/history/worker.js',
  'dap/index': 'dap/index.js',
  'device/index': 'device/index.js',
};

/** Modules with addons: they stay in node_modules, and may be missing there. */
const ADDONS = ['i2c-bus', 'koffi', 'onoff'];

/** The rooms of `dist`; the page is made by Vite. */
const FOLDERS = ['dap', 'device', 'server'];

/** The files of the program that do something by being imported. */
const WITH_EFFECTS = ['server/main.js', 'server/cli/process.js', 'server/history/worker.js'];

/** Modules that modules import for features that the program does not use: schemas of routes, tests, patterns of files, log threads. */
const UNUSED = [
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  'light-my-request',
  'glob',
  'thread-stream',
  'ws',
  'socks',
];

/** Leaves the unused modules out, and of Zod's forty languages all but English. */
const leaveOut = {
  name: 'leave-out',
  resolveId(name, importer) {
    if (UNUSED.includes(name) && importer !== undefined) return `\0unused:${name}`;
    if (/\/locales\/index\.js$/.test(name) && /\/zod\/v4\//.test(importer ?? '')) return '\0locales';
  },
  load(id) {
    if (id === '\0locales') return `export { default as en } from 'zod/v4/locales/en.js';`;
    if (!id.startsWith('\0unused:')) return undefined;
    const name = JSON.stringify(id.slice('\0unused:'.length));
    return `module.exports = () => { throw new Error(${name} + ' is not in the bundle (scripts/bundle.mjs)'); };`;
  },
};

const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(build, file)])),
  platform: 'node',
  external: [/^node:/, ...ADDONS],
  plugins: [leaveOut],
  treeshake: {
    moduleSideEffects: id => (id.startsWith(build) ? WITH_EFFECTS.includes(relative(build, id)) : undefined),
  },
});
const { output } = await bundle.generate({
  format: 'esm',
  entryFileNames: '[name].js',
  // A server that runs during an upgrade must not load a chunk of the new version: names differ with the content.
  chunkFileNames: ({ moduleIds, facadeModuleId }) =>
    `${roomOf(moduleIds.length > 0 ? moduleIds : [facadeModuleId])}/[name]-[hash].js`,
  hashCharacters: 'hex',
  // Node keeps a text with another character in two bytes a character, and decodes it slowly.
  charset: 'ascii',
  minifyInternalExports: false,
  comments: { legal: false, annotation: false, jsdoc: false },
});
await bundle.close();

const chunks = output.filter(({ type }) => type === 'chunk');
const modules = modulesOf(chunks.flatMap(({ moduleIds }) => moduleIds));
const written = new Set();
for (const { fileName, code } of chunks) write(fileName, code);
for (const room of ['dap', 'device']) {
  for (const file of filesBelow(join(build, room), /\.d\.ts$/))
    write(relative(build, file), readFileSync(file));
}
write(
  'modules.json',
  `${JSON.stringify(
    modules.map(({ name, version, license }) => ({ name, version, license })),
    null,
    2,
  )}\n`,
);
write('licenses.txt', licencesText(modules));
for (const file of FOLDERS.flatMap(folder => filesBelow(join(dist, folder), /./)))
  if (!written.has(relative(dist, file))) rmSync(file);

/** The folder of a chunk: `dap` and `device` for chunks without code of rooms above, which run where those do. */
function roomOf(ids) {
  const rooms = new Set(ids.map(id => (id.startsWith(build) ? relative(build, id).split('/')[0] : 'server')));
  return rooms.size === 1 ? [...rooms][0] : 'server';
}

/** Writes a file, new ones before the old ones go: a server that runs from this folder can load its chunks until the end. */
function write(name, content) {
  written.add(name);
  const file = join(dist, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function filesBelow(folder, names) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && names.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name));
}
