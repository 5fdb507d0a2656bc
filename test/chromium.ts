// How is a headless browser started for tests? Quietly, also as root, and without a word to the outside.

/** Everything that is not the page under test is switched off. */
export const CHROMIUM_ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
