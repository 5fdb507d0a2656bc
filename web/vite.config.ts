// Builds the page as static files with relative addresses, which work in any folder of any server.

import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // The server's Content-Security-Policy forbids inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // No module does anything by being imported, so that unused ones are left out.
    rolldownOptions: { treeshake: { moduleSideEffects: false } },
  },
});
