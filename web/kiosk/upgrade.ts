// Finds out whether the server has another page than the one that is shown, so that a screen without a keyboard shows it.

import { fieldsOf, jsonOf } from '../text/json.ts';

/** The page and the program of a server, as a text that differs after an upgrade; undefined while it does not answer. */
export async function versionOf(page: string): Promise<string | undefined> {
  try {
    const answers = ['./', 'catalog.json'].map(path => fetch(new URL(path, page), { cache: 'no-cache' }));
    const [index, catalog] = await Promise.all(answers);
    if (index?.ok !== true || catalog === undefined || catalog.status >= 500) return undefined;
    // The page names its scripts by their content.
    const { server } = fieldsOf(await jsonOf(catalog));
    return `${String(server)}\n${await index.text()}`;
  } catch {
    return undefined;
  }
}
