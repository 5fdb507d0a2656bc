// Turns the names that the kernel gives to devices into unique DAP2 identifiers.

/** Characters, so that a number and the name of a channel still fit into the 64 of a name. */
const LONGEST = 48;

/** `cpu-thermal` is `cpu_thermal`, `3d` is `_3d`, and the second `acpitz` is `acpitz_2`. */
export function uniqueIdentifiers(texts: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const text of texts) {
    const base = identifierOf(text).slice(0, LONGEST);
    let name = base;
    for (let copy = 2; names.includes(name); copy++) name = `${base}_${copy}`;
    names.push(name);
  }
  return names;
}

export function identifierOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d|$)/, '_');
}
