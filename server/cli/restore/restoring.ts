// Runs the conversation of `dapberry restore`: it checks the backup, shows what changes, asks, and restores.

import { dirname, resolve } from 'node:path';
import { type OpenedBackup, openBackup } from '../../backup/open-backup.ts';
import { planRestore, type RestorePlan } from '../../backup/restore-plan.ts';
import { type FileOwner, keptSuffix, restoreFiles } from '../../backup/restored-files.ts';
import { checkPlanned } from '../../backup/staged-config.ts';
import type { Config } from '../../config/config.ts';
import { secondsText } from '../../config/configuration-state.ts';
import { type ConfigResult, readConfig } from '../../config/read.ts';
import { isStarter } from '../../config/starter.ts';
import { findConfig } from '../../config/text/find.ts';
import { problemLine } from '../../config/text/problem.ts';
import type { Machine } from '../../machine/machine.ts';
import { serverComesUp, startService, stopService } from '../../machine/service-control.ts';
import { serviceOptions } from '../../machine/service-options.ts';
import { serviceUnit } from '../../machine/service-unit.ts';
import { SERVICE_STATE } from '../../machine/state-directory.ts';
import { counted } from '../../text/terminal-text.ts';
import { diffLines } from '../edit/line-diff.ts';
import { liveText } from '../edit/live-text.ts';
import { HistoryPart } from './history-part.ts';

export interface RestoreOptions {
  readonly machine: Machine;
  readonly archive: string;
  readonly file: string | undefined;
  /** The folder of the history; false leaves it out; undefined takes that of the configuration. */
  readonly history: string | false | undefined;
  /** Restores without a question. */
  readonly isAgreed: boolean;
  /** Restores a configuration with mistakes too. */
  readonly isForced: boolean;
  readonly print: (text: string) => void;
  /** Undefined without a terminal. */
  readonly ask: ((question: string) => Promise<string | undefined>) | undefined;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
  /** The folder of units; by default that of systemd. */
  readonly units?: string;
}

/** @returns the exit code: 0 if the backup was restored or is there already, 1 if nothing was changed */
export async function restoreBackup(options: RestoreOptions): Promise<number> {
  const backup = await openBackup(options.archive, options.signal);
  return new Restoring(options, backup).run();
}

interface RestoredTo {
  /** The main file, as it was named. */
  readonly file: string;
  readonly service: FileOwner | undefined;
  /** The configurations before and after. */
  readonly before: Config | undefined;
  readonly config: Config | undefined;
}

class Restoring {
  readonly #options: RestoreOptions;
  readonly #backup: OpenedBackup;

  constructor(options: RestoreOptions, backup: OpenedBackup) {
    this.#options = options;
    this.#backup = backup;
  }

  async run(): Promise<number> {
    const { machine, file, history, isAgreed, ask } = this.#options;
    const { configuration } = machine;
    const found = await findConfig(file, configuration);
    const isRoot = process.getuid?.() === 0;
    const unit = isRoot ? await serviceUnit(machine) : undefined;
    const isOfService = unit?.account !== undefined && found.file === configuration.usual;
    const account = isOfService ? unit?.account : undefined;
    const service: FileOwner | undefined = account && {
      user: account.number,
      group: account.groupNumbers[0]!,
    };
    const { stateDirectory, ...overrides } = isOfService ? await serviceOptions(machine) : {};
    const plan = await planRestore({
      backup: this.#backup,
      main: found.file,
      hasUnits: isOfService,
      history: typeof history === 'string' ? resolve(history) : undefined,
      state: isOfService ? (stateDirectory ?? SERVICE_STATE) : undefined,
      ...(this.#options.units === undefined ? {} : { units: this.#options.units }),
    });
    const places = { ...configuration, hostOf: machine.host, stateDirectory };
    const before = await readConfig(file, overrides, places);
    const checked = await checkPlanned(plan.main, plan.files, overrides, places);
    const config = 'config' in checked ? checked.config : undefined;
    const rows = await HistoryPart.of(machine, this.#backup, {
      named: history,
      config: config ?? ('config' in before ? before.config : undefined),
      unit: isOfService ? unit : undefined,
      service,
    });
    await this.#show(plan, rows);
    const hasChanges = plan.aside.length > 0 || plan.files.some(isChange) || rows.isWanted;
    if (!hasChanges) return this.#end('all of it is here already: nothing was changed', 0);
    if (!this.#isFit(plan, checked)) return this.#end('nothing was changed', 1);
    await rows.check();
    if (!isAgreed && !(await this.#agrees(ask))) return this.#end('nothing was changed', 1);
    return this.#restore(plan, rows, {
      file: found.file,
      service,
      before: 'config' in before ? before.config : undefined,
      config,
    });
  }

  async #restore(
    plan: RestorePlan,
    rows: HistoryPart,
    { file, service, before, config }: RestoredTo,
  ): Promise<number> {
    const { machine, print, signal, onProgress } = this.#options;
    const hasUnits = plan.files.some(file => file.role === 'drop-in' && isChange(file));
    const isStopped = rows.isServiceHolder;
    if (isStopped) {
      print('the service stops until the history is restored\n');
      await stopService(machine);
    }
    const begun = Date.now() / 1000;
    try {
      for (const line of await rows.restore({ signal, onProgress })) print(`${line}\n`);
      onProgress('');
      const { written, kept } = await restoreFiles(plan, service, keptSuffix());
      for (const path of written) print(`${path} is restored\n`);
      for (const [path, name] of kept) print(`${path} as it was before: ${name}\n`);
      if (hasUnits) await machine.run('systemctl', ['daemon-reload']);
    } finally {
      if (isStopped) await startService(machine);
    }
    const { port, host } = (isStopped ? config : (before ?? config))?.server ?? {};
    if (isStopped && port !== undefined) await serverComesUp(machine, port, host);
    if (hasUnits && !isStopped)
      print('drop-ins of units take effect at the next start: sudo systemctl restart dapberry\n');
    const hasConfig = plan.files.some(({ role }) => role === 'main' || role === 'dataset');
    if (!hasConfig) return this.#end('restored', 0);
    const told = await liveText(machine, {
      files: [file, plan.main],
      named: { port, host },
      isWrong: config === undefined,
      hasNews: isStopped,
      since: begun,
    });
    return this.#end(told, 0);
  }

  async #show({ files, aside, remarks }: RestorePlan, rows: HistoryPart): Promise<void> {
    const { print } = this.#options;
    const { version, host, time } = this.#backup.manifest;
    print(`a backup of dapberry ${version} on ${host}, ${secondsText(time)}\n`);
    for (const { role, path, content, before } of files) {
      if (before === undefined) print(`${path} is new\n`);
      else if (before.equals(content)) print(`${path} stays the same\n`);
      // A secret is no text for a screen.
      else if (role === 'credential' || role === 'last-good') print(`${path} changes\n`);
      else if (role === 'main' && (await isStarter(before)))
        print(`${path} is the starter configuration as it was installed, and is replaced\n`);
      else {
        print(`${path} changes:\n`);
        const lines = diffLines(before.toString('utf8'), content.toString('utf8'));
        print(`${lines.map(line => `  ${line}\n`).join('')}`);
      }
    }
    for (const path of aside) print(`${path} is not in the backup, and is set aside under another name\n`);
    for (const line of [...rows.lines, ...remarks]) print(`${line}\n`);
  }

  /** Says what is wrong with the configuration. */
  #isFit({ files, main }: RestorePlan, checked: ConfigResult): boolean {
    const { print, isForced } = this.#options;
    const hasConfig = files.some(({ role }) => role === 'main' || role === 'dataset');
    if (!hasConfig || 'config' in checked) {
      if (hasConfig && 'config' in checked) for (const remark of checked.skipped) print(`${remark}\n`);
      return true;
    }
    print(`${checked.problems.map(problemLine).join('\n')}\n`);
    const mistakes = counted(checked.problems.length, 'mistake');
    print(`${mistakes} in the configuration of the backup, as it would be in ${dirname(main)}\n`);
    if (!isForced) print('mend them here afterwards if you restore it with --force\n');
    return isForced;
  }

  async #agrees(ask: RestoreOptions['ask']): Promise<boolean> {
    if (ask === undefined)
      throw new Error('expected a terminal to ask whether to restore this, found none; agree with --yes');
    for (;;) {
      const answer = (await ask('restore it? y yes, x exit: '))?.trim();
      if (answer === 'y') return true;
      if (answer === 'x' || answer === undefined) return false;
    }
  }

  #end(sentence: string, code: number): number {
    this.#options.print(`${sentence}\n`);
    return code;
  }
}

function isChange({ before, content }: RestorePlan['files'][number]): boolean {
  return before === undefined || !before.equals(content);
}
