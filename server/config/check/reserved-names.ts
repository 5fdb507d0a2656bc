// Lists the names that no dataset may have, because addresses of the server itself begin with them.

/**
 * `/health`, `/metrics`, `/catalog.json`, `/latest.json`, `/past/`, `/index.html`, `/embed.html`, `/dapberry-chart.js`,
 * `/pages.css`, `/docs/`, `/sign-in`, `/attached-sensors.yaml`, `/favicon.svg` and `/assets/`.
 */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'health',
  'metrics',
  'catalog',
  'latest',
  'past',
  'index',
  'embed',
  'dapberry-chart',
  'pages',
  'docs',
  'sign-in',
  'attached-sensors',
  'favicon',
  'assets',
]);
