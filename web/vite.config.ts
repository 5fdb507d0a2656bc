// How the page is built: static files with relative addresses, which work in any folder of any server.

import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // Nothing inline: the server's Content-Security-Policy allows files alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
