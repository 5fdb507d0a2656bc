// Tests that the table of rooms in CONTRIBUTING.md lists every room and the rooms that it imports.

import { describe, expect, it } from 'vitest';
import { filesBelow, importsOf, textOf } from './sources.ts';

const FOLDERS = ['dap', 'device', 'server', 'web'];

/** The rooms of each folder with the rooms that they may import, as the table in CONTRIBUTING.md says, from above to below. */
function documentedRooms(): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  const folders = new Map<string, Map<string, readonly string[]>>();
  let rooms = new Map<string, readonly string[]>();
  for (const line of textOf('CONTRIBUTING.md').split('\n')) {
    const [, folder] = /^\| \*\*`(\w+)\/`\*\* \|/.exec(line) ?? [];
    if (folder !== undefined) {
      rooms = new Map();
      folders.set(folder, rooms);
    }
    const [, room, imported = ''] = /^\| `(\w+)\/` \|.*\| ([^|]*) ?\|$/.exec(line) ?? [];
    if (room === undefined) continue;
    const names = imported.startsWith('all above')
      ? [...rooms.keys()]
      : [...imported.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    rooms.set(room, names);
  }
  return folders;
}

describe('the table of rooms in CONTRIBUTING.md', () => {
  const documented = documentedRooms();

  it.each(FOLDERS)('lists the rooms of %s/', folder => {
    const files = filesBelow(folder).filter(file => /\.ts$/.test(file));
    const rooms = new Set(
      files.map(file => file.split('/')).flatMap(([, room = '', ...rest]) => (rest.length > 0 ? [room] : [])),
    );
    expect([...(documented.get(folder)?.keys() ?? [])].sort()).toEqual([...rooms].sort());
  });

  it.each(FOLDERS)('says which rooms of %s/ import each other', folder => {
    const imported = new Map<string, Set<string>>();
    for (const file of filesBelow(folder).filter(name => /\.ts$/.test(name))) {
      const [, from = '', ...below] = file.split('/');
      if (below.length === 0) continue;
      for (const found of importsOf(file)) {
        const [top, to = '', ...rest] = found.kind === 'file' ? found.path.split('/') : [];
        // The style sheets are no room.
        if (top !== folder || rest.length === 0 || to === from || !/\.ts$/.test(rest.at(-1)!)) continue;
        imported.set(from, (imported.get(from) ?? new Set()).add(to));
      }
    }
    const rooms = documented.get(folder) ?? new Map<string, readonly string[]>();
    const missing = [...imported].flatMap(([from, others]) =>
      [...others].filter(to => !rooms.get(from)?.includes(to)).map(to => `${from} imports ${to}`),
    );
    expect(missing).toEqual([]);
  });
});
