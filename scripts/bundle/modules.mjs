// Lists the modules of npm whose code is in a bundle, with their licences.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the module that a file belongs to. */
const FOLDER = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const LICENCE = /^(licen[cs]e|copying)/i;

/**
 * The modules that these files belong to, in the order of their names.
 * @param files absolute paths; those outside of node_modules belong to none
 */
export function modulesOf(files) {
  const folders = new Set(files.flatMap(file => FOLDER.exec(file)?.[0] ?? []));
  return [...folders]
    .map(folder => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const texts = readdirSync(folder).filter(file => LICENCE.test(file));
      if (license === undefined && texts.length === 0)
        throw new Error(`${folder}: expected a licence in package.json or in a file, found none`);
      // A few modules come without the text, and name only the licence.
      const text = texts.length === 0 ? '' : readFileSync(join(folder, texts[0]), 'utf8').trim();
      return { name, version, license, text };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Their licences, which copies of the bundle must carry along. */
export function licencesText(modules) {
  const parts = modules.map(({ name, version, license, text }) =>
    `${name} ${version} (${license})\n\n${text}`.trim(),
  );
  return `${['This program contains the following modules.', ...parts].join(`\n\n${'-'.repeat(78)}\n\n`)}\n`;
}
