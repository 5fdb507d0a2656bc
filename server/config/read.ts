// Reads the configuration files, or builds the built-in configuration, and applies the overrides of the command line.

import { join } from 'node:path';
import { messageOf, type SensorHost, thisHost } from '../../device/index.ts';
import { builtinConfig } from './builtin.ts';
import type { Config, Overrides } from './config.ts';
import { Drivers, driversNamed } from './drivers/drivers.ts';
import { loadDocuments, readSources } from './load.ts';
import { type FindOptions, findConfig } from './text/find.ts';
import { ignoredFiles } from './text/ignored-files.ts';
import { type Problem, problemLine } from './text/problem.ts';

/** A valid configuration, and where it came from. */
export interface ValidConfig {
  readonly config: Config;
  /** The main file, which need not exist. */
  readonly file: string;
  /** The files that it was read from; none for the built-in configuration. */
  readonly files: readonly string[];
  /** The datasets are the built-in ones, as no file has a dataset. */
  readonly isBuiltin: boolean;
  /** The files of the drivers that its sensors name. */
  readonly drivers: readonly string[];
  /** Datasets that are left out and files that are not read, one sentence each. */
  readonly skipped: readonly string[];
}

export type ConfigResult =
  | ValidConfig
  | {
      readonly problems: readonly Problem[];
      readonly drivers: readonly string[];
      /** A file could not be read, so that its content is unknown. */
      readonly isUnread: boolean;
    };

/** Where the configuration is, and the host whose sensors the built-in configuration serves; by default this machine's. */
export interface ReadOptions extends FindOptions {
  readonly hostOf?: (seed: number) => SensorHost;
  /** The drivers of earlier reads, so that an unchanged driver keeps its kind. */
  readonly drivers?: Drivers;
}

/** Does not reject. `file` is given by `--config`. */
export async function readConfig(
  file: string | undefined,
  overrides: Overrides = {},
  { hostOf = thisHost, drivers: loader = new Drivers(), ...places }: ReadOptions = {},
): Promise<ConfigResult> {
  const found = await findConfig(file, places);
  const documents = readSources(found.sources);
  const drivers = driversNamed(documents);
  const historyPath = usualHistory(places.environment ?? process.env);
  const loaded = loadDocuments(documents, { drivers: await loader.load(drivers), overrides, historyPath });
  if (found.problems.length > 0 || 'problems' in loaded) {
    const problems = [...found.problems, ...('problems' in loaded ? loaded.problems : [])];
    return { problems, drivers, isUnread: found.problems.length > 0 || problems.some(isShortage) };
  }
  const files = found.sources.map(({ name }) => name);
  const { config } = loaded;
  const ignored = await ignoredFiles(found.file);
  if (config.datasets.length > 0) {
    return { config, file: found.file, files, isBuiltin: false, drivers, skipped: ignored };
  }
  const builtin = await builtinConfig(hostOf(config.seed), config.simulate, overrides.interval).catch(
    (error: unknown): Problem => ({
      source: found.file,
      path: '',
      expected: 'to find the sensors of this machine, as the configuration names no dataset',
      found: messageOf(error),
    }),
  );
  if ('expected' in builtin) return { problems: [builtin], drivers, isUnread: true };
  const whole = loadDocuments([...documents, ...readSources(builtin.sources)], { overrides, historyPath });
  if ('problems' in whole) return { ...whole, drivers, isUnread: false };
  return {
    config: whole.config,
    file: found.file,
    files,
    isBuiltin: true,
    drivers,
    skipped: [...ignored, ...builtin.skipped],
  };
}

/** The folder in the state directory that systemd makes for the service (systemd.exec(5), StateDirectory=). */
function usualHistory({ STATE_DIRECTORY: states = '' }: Readonly<Record<string, string | undefined>>) {
  const [state = ''] = states.split(':');
  return state === '' ? undefined : join(state, 'history');
}

/** Whether the file may become readable as soon as other files are closed. */
function isShortage({ found }: Problem): boolean {
  return /EMFILE|ENFILE|too many open files/.test(found);
}

/** Names the files of a configuration, or says that it is built in. */
export function originText({ files, isBuiltin }: ValidConfig): string {
  if (files.length === 0) return 'built-in: no configuration file was found';
  return `${files.join(', ')}: valid${isBuiltin ? '; it names no dataset, so the built-in datasets are served' : ''}`;
}

/** A configuration with mistakes; the message has one line per problem. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(problemLine).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
