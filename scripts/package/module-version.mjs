// Reads from a native addon the NODE_MODULE_VERSION that it was compiled for, which Node checks when it loads the addon.

import { readFileSync } from 'node:fs';

const SYMBOL_TABLES = [2, 11];
/** The structure that `NODE_MODULE` registers (node.h, `node_module`), by its names in C and C++; the version is its first member. */
const STRUCTURE = /^(_ZL7)?_module$/;
/** The function that `NODE_MODULE_INIT` exports. */
const FUNCTION = /^node_register_module_v(\d+)$/;

/**
 * @param file an addon for a little-endian machine, in ELF and not stripped
 * @returns the NODE_MODULE_VERSION
 * @throws if the file has none
 */
export function moduleVersion(file) {
  const elf = readFileSync(file);
  if (elf.length < 64 || elf.readUInt32BE(0) !== 0x7f454c46 || elf[5] !== 1)
    throw new Error(`${file}: expected an addon in ELF, little-endian, found another file`);
  const is64 = elf[4] === 2;
  const word = offset => (is64 ? Number(elf.readBigUInt64LE(offset)) : elf.readUInt32LE(offset));
  const sections = sectionsOf(elf, is64, word);
  for (const { offset, size, link } of sections.filter(({ type }) => SYMBOL_TABLES.includes(type))) {
    const entry = is64 ? 24 : 16;
    for (let at = offset; at < offset + size; at += entry) {
      const name = textAt(elf, sections[link].offset + elf.readUInt32LE(at));
      const [, version] = FUNCTION.exec(name) ?? [];
      if (version !== undefined) return Number(version);
      if (!STRUCTURE.test(name)) continue;
      const home = sections[elf.readUInt16LE(at + (is64 ? 6 : 14))];
      return elf.readInt32LE(word(at + (is64 ? 8 : 4)) - home.address + home.offset);
    }
  }
  throw new Error(`${file}: expected an addon with its NODE_MODULE_VERSION, found none`);
}

function sectionsOf(elf, is64, word) {
  const table = word(is64 ? 40 : 32);
  const [size, count] = [elf.readUInt16LE(is64 ? 58 : 46), elf.readUInt16LE(is64 ? 60 : 48)];
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    return {
      type: elf.readUInt32LE(at + 4),
      address: word(at + (is64 ? 16 : 12)),
      offset: word(at + (is64 ? 24 : 16)),
      size: word(at + (is64 ? 32 : 20)),
      link: elf.readUInt32LE(at + (is64 ? 40 : 24)),
    };
  });
}

function textAt(elf, start) {
  return elf.toString('latin1', start, elf.indexOf(0, start));
}
