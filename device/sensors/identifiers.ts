// What are things called that the kernel names as it likes? By DAP2 identifiers of which no two are alike.

/** `cpu-thermal` is `cpu_thermal`, `3d` is `_3d`, and the second `acpitz` is `acpitz_2`. */
export function uniqueIdentifiers(texts: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const text of texts) {
    const base = identifierOf(text);
    let name = base;
    for (let copy = 2; names.includes(name); copy++) name = `${base}_${copy}`;
    names.push(name);
  }
  return names;
}

export function identifierOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d|$)/, '_');
}
