// Builds each page as static files with relative addresses, which work in any folder of any server, and the module of the element
// `<dapberry-chart>` as one file.

import { join, resolve } from 'node:path';
import { build, defineConfig, type Plugin, type UserConfig } from 'vite';

const root = import.meta.dirname;

const COMMON = {
  // The server's Content-Security-Policy forbids inline code.
  assetsInlineLimit: 0,
  // A browser without scripts would fetch modules that it is told to load ahead.
  modulePreload: {
    polyfill: false,
    resolveDependencies: (_file, found, { hostType }) => (hostType === 'html' ? [] : found),
  },
} satisfies UserConfig['build'];

// No module does anything by being imported, so that unused ones are left out.
const TREESHAKE = { moduleSideEffects: false };

/**
 * Builds the page for frames, and `dapberry-chart.js`, beside the live page: built together, pages share scripts that a browser would
 * load one after the other.
 */
function besidePage(): Plugin {
  let outDir = '';
  const beside = (rolldownOptions: NonNullable<UserConfig['build']>['rolldownOptions']) =>
    build({
      configFile: false,
      root,
      base: './',
      publicDir: false,
      logLevel: 'warn',
      build: {
        ...COMMON,
        outDir,
        emptyOutDir: false,
        rolldownOptions: { treeshake: TREESHAKE, ...rolldownOptions },
      },
    });
  return {
    name: 'dapberry-beside-page',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      await beside({ input: join(root, 'embed.html') });
      await beside({
        input: join(root, 'embed/dapberry-chart.ts'),
        output: { entryFileNames: 'dapberry-chart.js', codeSplitting: false },
      });
    },
  };
}

export default defineConfig({
  root,
  base: './',
  plugins: [besidePage()],
  build: {
    ...COMMON,
    outDir: '../dist/web',
    emptyOutDir: true,
    rolldownOptions: { input: join(root, 'index.html'), treeshake: TREESHAKE },
  },
});
