// Lists the names that no dataset may have, because addresses of the server itself begin with them.

/** `/health`, `/metrics`, `/catalog.json`, `/index.html`, `/pages.css`, `/favicon.svg` and `/assets/`. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'health',
  'metrics',
  'catalog',
  'index',
  'pages',
  'favicon',
  'assets',
]);
