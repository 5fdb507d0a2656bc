// What is a command of the program? Its name, its options and examples for the help, and what it does.

import type { Machine } from '../../machine/machine.ts';

/** An option as the help shows it; one without `value` is on or off. */
export interface Option {
  /** Without the dashes. */
  readonly name: string;
  /** What the help calls the value, such as `FILE`. */
  readonly value?: string;
  readonly meaning: string;
}

/** What was typed after the command's name, found to be options that it has. */
export interface CommandArguments {
  /** By the names of the options; true for those without a value. The last of several counts. */
  readonly options: ReadonlyMap<string, string | true>;
  readonly operands: readonly string[];
}

/** Where a command writes, and what it may ask of the world. */
export interface CommandContext {
  readonly machine: Machine;
  /** Writes text for a person to standard output, with what a terminal would obey made visible. */
  print(text: string): void;
  /** Writes data to standard output: as it is, unless a terminal shows it. */
  printData(text: string): void;
  /** Tells a person on standard error how it goes. */
  readonly tell: {
    line(text: string): void;
    /** Takes the place of the progress before it; nothing where no terminal is. */
    progress(text: string): void;
  };
  /** Marks text for a person at a terminal; gives it back as it is where nobody sees the marks. */
  styled(style: Style, text: string): string;
  /** The page that is served at `/`. */
  readonly webRoot: string;
}

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

export interface Command {
  readonly name: string;
  /** What the program's help says of it; no full stop. */
  readonly summary: string;
  /** A few sentences. */
  readonly description: string;
  /** What may stand after the name, such as `[KIND...]`; nothing where it is left out. */
  readonly operands?: { readonly shown: string; readonly most: number };
  readonly options: readonly Option[];
  /** Lines for a shell. */
  readonly examples: readonly string[];
  /**
   * Gives the exit code: 0 for well, 1 for something that is wrong with what was looked at; undefined where it goes on,
   * and the process with it.
   * @throws UsageError, ConfigError, or an error with one sentence for a person
   */
  run(args: CommandArguments, context: CommandContext): Promise<number | undefined>;
}

/** A command line that cannot be carried out; the message is for the person who typed it. */
export class UsageError extends Error {
  /** What to do instead; to read the help, where it is left out. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}
