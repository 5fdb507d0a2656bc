// Runs the conversation of `dapberry edit`: it edits a copy, checks it, shows what changes, and replaces the file.

import { resolve } from 'node:path';
import { messageOf } from '../../../device/index.ts';
import type { Config } from '../../config/config.ts';
import { Drivers } from '../../config/drivers/drivers.ts';
import { readTexts } from '../../config/read.ts';
import { findConfig } from '../../config/text/find.ts';
import { problemLine } from '../../config/text/problem.ts';
import type { Machine } from '../../machine/machine.ts';
import { type ServiceOptions, serviceOptionsFor } from '../../machine/service-options.ts';
import { counted } from '../../text/terminal-text.ts';
import { changeLines, hasChanges } from './change-lines.ts';
import { keepBeside, readEdited, replaceEdited, textOf } from './edited-file.ts';
import { diffLines } from './line-diff.ts';
import { liveText } from './live-text.ts';
import { replacementLines } from './replacement-lines.ts';
import { type Conversation, runAlone } from './run-alone.ts';
import { keepUnsaved, leftTexts } from './unsaved-text.ts';

/** The terminal of the person who edits. */
export interface EditTerminal {
  print(text: string): void;
  /** The answer to a question; undefined if the input has ended. */
  ask(question: string): Promise<string | undefined>;
  /** Lets the person edit a text in a file of this name. Rejects with a sentence if the editor fails. */
  edit(name: string, text: string): Promise<string>;
}

export interface EditOptions {
  readonly machine: Machine;
  readonly terminal: EditTerminal;
  /** The configuration's file; by default that of the environment, or the usual one. */
  readonly file: string | undefined;
  /** Makes the text that is shown first, in place of the editor, from the file's. Undefined changes nothing. */
  readonly propose?: (original: string | undefined, path: string) => Promise<Proposal | undefined>;
  /** What to do where the file cannot be written. */
  readonly advice?: string;
}

/** A text that a program has made. The file that it replaces is kept. */
export interface Proposal {
  readonly text: string;
  /** Writes what the text needs, such as a file that it names; called after the person has agreed. */
  readonly prepare: () => Promise<void>;
  /** The header with which the running server gives its state, where the text names users. */
  readonly authorization: string | undefined;
}

const ADVICE = 'run sudo dapberry edit, or name another file with --config';

type Answer = 'save' | 'edit' | 'exit';

/** @returns the exit code: 0 if the file was saved or nothing was changed, 1 if a text was dropped */
export async function editConfig(options: EditOptions): Promise<number> {
  const { machine, file: named, advice = ADVICE } = options;
  const { file } = await findConfig(named, machine.configuration);
  const { path } = await readEdited(resolve(file), advice);
  const { host, port } = await serviceOptionsFor(named, machine);
  const listening = { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
  return runAlone(path, new Editing(options, file, path, listening));
}

class Editing implements Conversation {
  readonly #machine: Machine;
  readonly #terminal: EditTerminal;
  readonly #propose: EditOptions['propose'];
  /** As messages and drivers name it, and where it is. */
  readonly #file: string;
  readonly #path: string;
  /** The address that the command line of the service gives, in place of the configuration's. */
  readonly #listening: Pick<ServiceOptions, 'host' | 'port'>;
  /** Shared by all checks, so that an unchanged driver is the same one. */
  readonly #drivers = new Drivers();
  /** What the person has typed last, as long as it is in no file. */
  #typed: string | undefined;
  /** The file before a proposal was saved is kept. */
  #isKept = false;
  #isInEditor = false;

  constructor(
    { machine, terminal, propose }: EditOptions,
    file: string,
    path: string,
    listening: Pick<ServiceOptions, 'host' | 'port'>,
  ) {
    this.#machine = machine;
    this.#terminal = terminal;
    this.#propose = propose;
    this.#file = file;
    this.#path = path;
    this.#listening = listening;
  }

  get isInEditor(): boolean {
    return this.#isInEditor;
  }

  keepTyped(): string | undefined {
    const typed = this.#typed;
    this.#typed = undefined;
    if (typed === undefined) return undefined;
    try {
      return keepUnsaved(this.#path, typed);
    } catch {
      return undefined;
    }
  }

  /** An error names the file in which it leaves what the person has typed. */
  async run(): Promise<number> {
    try {
      return await this.#converse();
    } catch (error) {
      const kept = this.keepTyped();
      throw kept === undefined
        ? error
        : new Error(`${messageOf(error)}; your text is in ${kept}`, { cause: error });
    }
  }

  async #converse(): Promise<number> {
    let original = await textOf(this.#path);
    for (const left of await leftTexts(this.#path, original))
      this.#terminal.print(
        `an edit that was cut off has left its text in ${left}; delete it once you have it\n`,
      );
    const first = await this.#check(original ?? '');
    const before = original === undefined ? undefined : first.config;
    const proposal = await this.#propose?.(original, this.#path);
    if (this.#propose !== undefined && proposal === undefined) return this.#end('nothing was changed', 1);
    let text = proposal?.text ?? original ?? '';
    let isProposed = proposal !== undefined;
    while (true) {
      if (!isProposed) {
        // The terminal keeps the text of an editor that fails itself.
        this.#typed = undefined;
        this.#isInEditor = true;
        text = await this.#terminal.edit(this.#path, text).finally(() => {
          this.#isInEditor = false;
        });
        this.#typed = text;
      }
      isProposed = false;
      if (text === (original ?? '')) {
        // A text that the person has taken back needs nothing.
        if (text === proposal?.text) await proposal.prepare();
        if (original !== undefined) this.#printProblems(first.problems);
        return this.#end('nothing was changed', 0);
      }
      const { config, problems } = await this.#check(text);
      const answer =
        config === undefined
          ? await this.#askWrong(problems)
          : await this.#askValid(before, config, original ?? '', text);
      if (answer === 'exit') return this.#end(`${this.#file} stays as it was`, 1);
      if (answer === 'edit') continue;
      const now = await textOf(this.#path);
      if (now !== original) {
        this.#terminal.print(`${this.#file} has been changed by somebody else meanwhile:\n`);
        this.#terminal.print(`${diffLines(original ?? '', now ?? '').join('\n')}\n`);
        const choice = await this.#choose(
          'e edit your text again, x exit without saving, or type "overwrite" to replace that change: ',
          { overwrite: 'save', e: 'edit', x: 'exit' },
        );
        original = now;
        if (choice === 'exit') return this.#end('nothing was saved', 1);
        if (choice === 'edit') continue;
      }
      const outcome = await this.#save(text, original, proposal);
      if (outcome === 'exit') return this.#end(`${this.#file} stays as it was`, 1);
      if (outcome === 'edit') continue;
      this.#typed = undefined;
      const saved = Date.now() / 1000;
      this.#terminal.print(`${this.#file} is saved\n`);
      const told = await liveText(this.#machine, {
        files: [this.#file, this.#path],
        named: { ...(before ?? config)?.server, ...this.#listening },
        isWrong: config === undefined,
        hasNews: before === undefined || config === undefined || hasChanges(before, config),
        since: saved,
        authorization: proposal?.authorization,
      });
      return this.#end(told, 0);
    }
  }

  /** Asks again where the file cannot be written: the text is in no other place. */
  async #save(text: string, original: string | undefined, proposal: Proposal | undefined): Promise<Answer> {
    while (true) {
      try {
        await proposal?.prepare();
        if (proposal !== undefined && original !== undefined && !this.#isKept) {
          const kept = await keepBeside(this.#path, original);
          this.#isKept = true;
          this.#terminal.print(`the file before is kept as ${kept}\n`);
        }
        await replaceEdited(this.#path, text);
        return 'save';
      } catch (error) {
        this.#terminal.print(`${this.#file} cannot be saved: ${messageOf(error)}\n`);
      }
      const answer = await this.#choose('s try again, e edit your text again, x exit without saving: ', {
        s: 'save',
        e: 'edit',
        x: 'exit',
      });
      if (answer !== 'save') return answer;
    }
  }

  async #check(text: string): Promise<{ config: Config | undefined; problems: readonly string[] }> {
    const { configuration, host } = this.#machine;
    const found = await findConfig(this.#file, configuration);
    const others = found.sources.filter(({ name }) => name !== this.#file);
    const sources = [{ name: this.#file, content: text }, ...others];
    const problems = found.problems.filter(({ source }) => source !== this.#file);
    const read = await readTexts(
      { file: this.#file, sources, problems },
      {},
      {
        ...configuration,
        hostOf: host,
        drivers: this.#drivers,
      },
    );
    return 'config' in read
      ? { config: read.config, problems: [] }
      : { config: undefined, problems: read.problems.map(problemLine) };
  }

  #askWrong(problems: readonly string[]): Promise<Answer> {
    this.#printProblems(problems);
    return this.#choose(
      'e edit again, x exit without saving, or type "save" to save it with its mistakes: ',
      {
        e: 'edit',
        x: 'exit',
        save: 'save',
      },
    );
  }

  #askValid(before: Config | undefined, next: Config, old: string, text: string): Promise<Answer> {
    // A text that was made anew is easier to read as it is than as changes of a starter's comments.
    const shown =
      this.#propose === undefined
        ? diffLines(old, text)
        : [`${this.#file} is to hold:`, '', ...replacementLines(old, text), ''];
    const lines = [...shown, ...(before === undefined ? [] : changeLines(before, next))];
    this.#terminal.print(`${lines.join('\n')}\n`);
    return this.#choose('s save, e edit again, x exit without saving: ', {
      s: 'save',
      e: 'edit',
      x: 'exit',
    });
  }

  async #choose(question: string, answers: Readonly<Record<string, Answer>>): Promise<Answer> {
    while (true) {
      const typed = await this.#terminal.ask(question);
      if (typed === undefined) {
        const kept = this.keepTyped();
        if (kept !== undefined) this.#terminal.print(`\nthe input has ended; your text is in ${kept}\n`);
        return 'exit';
      }
      const answer = Object.hasOwn(answers, typed.trim()) ? answers[typed.trim()] : undefined;
      if (answer !== undefined) return answer;
    }
  }

  #printProblems(problems: readonly string[]): void {
    if (problems.length > 0)
      this.#terminal.print(`${problems.join('\n')}\n${counted(problems.length, 'mistake')}\n`);
  }

  #end(sentence: string, code: number): number {
    this.#terminal.print(`${sentence}\n`);
    return code;
  }
}
