// Which texts a regular expression matches, in time that grows only with the product of the two lengths.

import { type CharacterSet, PatternError, type PatternTree, parsePattern } from './pattern.ts';

/** A longer text does not match, so that the cost of a row stays bounded. */
export const MAX_SUBJECT = 4096;
/** Instructions of a program, its counted repetitions written out. */
const MAX_PROGRAM = 1000;
/** Parts of the tree that are visited for it, since a part may come to no instruction. */
const MAX_VISITS = 20_000;

type Instruction =
  | { readonly op: 'set'; readonly set: CharacterSet }
  | { readonly op: 'start' | 'end' | 'match' }
  | { readonly op: 'go'; readonly to: number[] };

/** Tests one text after another. */
export interface Matcher {
  test(text: string): boolean;
}

/**
 * Compiles the pattern of a `=~`. A text matches where any part of it does: libdap, the reference of DAP2, searches; `^`
 * and `$` are for those who mean all of it. An empty match is one.
 *
 * The pattern becomes a non-deterministic automaton whose states are followed side by side (Thompson 1968), so that no
 * pattern is catastrophic: a text of n characters costs at most n times the size of the automaton, which is bounded. Throws
 * a `PatternError`.
 */
export function compilePattern(pattern: string): Matcher {
  const compiler = new Compiler();
  compiler.emit(parsePattern(pattern));
  compiler.push({ op: 'match' });
  return new Automaton(compiler.program);
}

class Compiler {
  readonly program: Instruction[] = [];
  #visits = 0;

  emit(tree: PatternTree): void {
    this.#visits++;
    this.#checkSize();
    switch (tree.kind) {
      case 'set':
        this.push({ op: 'set', set: tree.set });
        break;
      case 'start':
      case 'end':
        this.push({ op: tree.kind });
        break;
      case 'sequence':
        for (const part of tree.parts) this.emit(part);
        break;
      case 'choice':
        this.#choice(tree.parts);
        break;
      case 'repeat':
        for (let i = 0; i < tree.min; i++) this.emit(tree.part);
        if (tree.max === Number.POSITIVE_INFINITY) this.#loop(tree.part);
        else this.#optional(tree.part, tree.max - tree.min);
    }
  }

  push(instruction: Instruction): void {
    this.program.push(instruction);
    this.#checkSize();
  }

  #choice(parts: readonly PatternTree[]): void {
    const fork = this.#jump();
    const ends = parts.map(part => {
      fork.push(this.program.length);
      this.emit(part);
      return this.#jump();
    });
    for (const end of ends) end.push(this.program.length);
  }

  #loop(part: PatternTree): void {
    const top = this.program.length;
    const fork = this.#jump();
    fork.push(this.program.length);
    this.emit(part);
    this.#jump().push(top);
    fork.push(this.program.length);
  }

  #optional(part: PatternTree, times: number): void {
    const forks: number[][] = [];
    for (let i = 0; i < times; i++) {
      const fork = this.#jump();
      fork.push(this.program.length);
      forks.push(fork);
      this.emit(part);
    }
    for (const fork of forks) fork.push(this.program.length);
  }

  /** A jump whose targets are still to be put in. */
  #jump(): number[] {
    const to: number[] = [];
    this.push({ op: 'go', to });
    return to;
  }

  #checkSize(): void {
    if (this.program.length > MAX_PROGRAM || this.#visits > MAX_VISITS) {
      throw new PatternError(0, `a pattern that comes to at most ${MAX_PROGRAM} states`);
    }
  }
}

/** A state that waits for a character of `set`, and where it goes on then. */
interface Waiting {
  readonly set: CharacterSet;
  readonly next: number;
}

class Automaton implements Matcher {
  readonly #program: readonly Instruction[];
  /** The place of the text, counted from 1, at which each instruction was last reached: none is followed twice at one. */
  readonly #reachedAt: Uint32Array;
  #place = 0;
  #matched = false;

  constructor(program: readonly Instruction[]) {
    this.#program = program;
    this.#reachedAt = new Uint32Array(program.length);
  }

  test(text: string): boolean {
    if (text.length > MAX_SUBJECT) return false;
    this.#reachedAt.fill(0);
    this.#place = 0;
    this.#matched = false;
    let next: number[] = [];
    for (let at = 0; ; ) {
      this.#place++;
      const waiting: Waiting[] = [];
      for (const start of next) this.#follow(start, at, text, waiting);
      // A match may begin at each place.
      this.#follow(0, at, text, waiting);
      if (this.#matched || at >= text.length) return this.#matched;
      const code = text.codePointAt(at)!;
      next = waiting.filter(({ set }) => contains(set, code)).map(state => state.next);
      at += code > 0xffff ? 2 : 1;
    }
  }

  /** Collects the states that can be reached from instruction `from` without a character, at `at` in the text. */
  #follow(from: number, at: number, text: string, waiting: Waiting[]): void {
    const stack = [from];
    for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
      if (this.#reachedAt[pc] === this.#place) continue;
      this.#reachedAt[pc] = this.#place;
      const instruction = this.#program[pc]!;
      switch (instruction.op) {
        case 'set':
          waiting.push({ set: instruction.set, next: pc + 1 });
          break;
        case 'go':
          stack.push(...instruction.to);
          break;
        case 'start':
          if (at === 0) stack.push(pc + 1);
          break;
        case 'end':
          if (at === text.length) stack.push(pc + 1);
          break;
        case 'match':
          this.#matched = true;
      }
    }
  }
}

function contains(set: CharacterSet, code: number): boolean {
  for (const [from, to] of set) if (code <= to) return code >= from;
  return false;
}
