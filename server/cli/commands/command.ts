// Declares a command of the program: its name, options, help texts and the function that runs it.

import type { Machine } from '../../machine/machine.ts';

/** An option as the help shows it; one without `value` is on or off. */
export interface Option {
  /** Without the dashes. */
  readonly name: string;
  /** What the help calls the value, such as `FILE`. */
  readonly value?: string;
  readonly meaning: string;
}

/** The options and operands typed after the command's name, all of them known to the command. */
export interface CommandArguments {
  /** By the options' names; true for an option without a value. The last of several counts. */
  readonly options: ReadonlyMap<string, string | true>;
  readonly operands: readonly string[];
}

/** The machine, the output and the page that a command works with. */
export interface CommandContext {
  readonly machine: Machine;
  /** Writes text for a person to standard output, with terminal control characters escaped. */
  print(text: string): void;
  /** Writes data to standard output, unchanged unless that is a terminal. */
  printData(text: string): void;
  /** Writes notices and progress to standard error. */
  readonly tell: {
    line(text: string): void;
    /** Replaces the progress text before it; writes nothing without a terminal. */
    progress(text: string): void;
    /** Whether standard error is a terminal. */
    readonly isTerminal: boolean;
  };
  /** Styles text for a terminal; returns it unchanged if standard output is not one. */
  styled(style: Style, text: string): string;
  /** The folder of the page that is served at `/`. */
  readonly webRoot: string;
}

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

export interface Command {
  readonly name: string;
  /** One line for the program's help, without a full stop. */
  readonly summary: string;
  /** A few sentences. */
  readonly description: string;
  /** The operands after the name, such as `[KIND...]`; none if undefined. */
  readonly operands?: { readonly shown: string; readonly most: number };
  readonly options: readonly Option[];
  /** Lines for a shell. */
  readonly examples: readonly string[];
  /**
   * Returns the exit code: 0 for success, 1 for a problem that was found; undefined if the command keeps running.
   * @throws UsageError, ConfigError, or an error whose message is one sentence for a person
   */
  run(args: CommandArguments, context: CommandContext): Promise<number | undefined>;
}

/** A mistake in the command line; the message is for its author. */
export class UsageError extends Error {
  /** What to do instead; by default, to read the help. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}
