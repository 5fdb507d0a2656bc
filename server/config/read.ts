// Reads the configuration files, or builds the built-in configuration, and applies the overrides of the command line.

import { messageOf, type SensorHost, thisHost } from '../../device/index.ts';
import { historyIn } from '../machine/state-directory.ts';
import { builtinConfig } from './builtin.ts';
import { certificateRemarks } from './certificate-remarks.ts';
import type { Config, Overrides } from './config.ts';
import { type DriverLoader, Drivers, driversNamed } from './drivers/drivers.ts';
import { fileRemarks } from './file-remarks.ts';
import { loadDocuments, readSources } from './load.ts';
import type { ConfigSource } from './text/config-source.ts';
import { type ConfigFiles, type FindOptions, findConfig } from './text/find.ts';
import { ignoredFiles } from './text/ignored-files.ts';
import { type Problem, problemLine } from './text/problem.ts';
import { withUsers } from './users-file.ts';

/** A valid configuration, and where it came from. */
export interface ValidConfig {
  readonly config: Config;
  /** The main file, which need not exist. */
  readonly file: string;
  /** The files that it was read from; none for the built-in configuration. */
  readonly files: readonly string[];
  /** The texts of these files. */
  readonly sources: readonly ConfigSource[];
  /** The datasets are the built-in ones, as no file has a dataset. */
  readonly isBuiltin: boolean;
  /** The files of the drivers that its sensors name. */
  readonly drivers: readonly string[];
  /** The files of secrets that it names, if they were to be read. */
  readonly secrets: readonly string[];
  /** Datasets that are left out or have no history, and files that are not read, one sentence each. */
  readonly skipped: readonly string[];
}

export type ConfigResult =
  | ValidConfig
  | {
      readonly problems: readonly Problem[];
      /** The main file, which need not exist. */
      readonly file: string;
      /** The texts of the files that could be read. */
      readonly sources: readonly ConfigSource[];
      readonly drivers: readonly string[];
      readonly secrets: readonly string[];
      /** A file could not be read, so that its content is unknown. */
      readonly isUnread: boolean;
    };

/** Where the configuration is, and the host whose sensors the built-in configuration serves; by default this machine's. */
export interface ReadOptions extends FindOptions {
  readonly hostOf?: (seed: number) => SensorHost;
  /** The state directory of the service, if it is not that of the environment. */
  readonly stateDirectory?: string | undefined;
  /** Whether the files of secrets are read: never by default; `check` leaves out those that this user cannot read. */
  readonly secrets?: 'serve' | 'check' | undefined;
  /** The drivers of earlier reads, so that an unchanged driver keeps its kind. */
  readonly drivers?: DriverLoader;
}

/** Does not reject. `file` is given by `--config`. */
export async function readConfig(
  file: string | undefined,
  overrides: Overrides = {},
  options: ReadOptions = {},
): Promise<ConfigResult> {
  const found = await findConfig(file, options);
  const read = await readTexts(found, overrides, options);
  return 'config' in read
    ? { ...read, skipped: [...(await ignoredFiles(found.file)), ...read.skipped] }
    : read;
}

/** As `readConfig`, for texts that were read already. */
export async function readTexts(
  { file, sources, problems: unread }: ConfigFiles,
  overrides: Overrides = {},
  {
    hostOf = thisHost,
    drivers: loader = new Drivers(),
    stateDirectory,
    secrets,
    ...places
  }: ReadOptions = {},
): Promise<ConfigResult> {
  const documents = readSources(sources);
  const drivers = driversNamed(documents);
  const historyPath = usualHistory(stateDirectory ?? (places.environment ?? process.env)['STATE_DIRECTORY']);
  const loaded = loadDocuments(documents, { drivers: await loader.load(drivers), overrides, historyPath });
  const origin = { file, sources, drivers };
  if (unread.length > 0 || 'problems' in loaded) {
    const problems = [...unread, ...('problems' in loaded ? loaded.problems : [])];
    return { problems, ...origin, secrets: [], isUnread: unread.length > 0 || problems.some(isShortage) };
  }
  const files = sources.map(({ name }) => name);
  const environment = places.environment ?? process.env;
  const opened = await withUsers(loaded.config, documents, { secrets, environment });
  if ('problems' in opened) return { ...opened, ...origin, isUnread: true };
  const { config } = opened;
  const remarks = [
    ...loaded.remarks,
    ...opened.remarks,
    ...(await certificateRemarks(config, { secrets, environment })),
    ...(await fileRemarks(config, { secrets, environment })),
  ];
  const whole = { ...origin, secrets: opened.secrets };
  // A gateway serves the datasets of its fleet.
  if (config.datasets.length > 0 || config.fleet !== undefined)
    return { config, ...whole, files, isBuiltin: false, skipped: remarks };
  const builtin = await builtinConfig(hostOf(config.seed), config.simulate, overrides.interval).catch(
    (error: unknown): Problem => ({
      source: file,
      path: '',
      expected: 'to find the sensors of this machine, as the configuration names no dataset',
      found: messageOf(error),
    }),
  );
  if ('expected' in builtin) return { problems: [builtin], ...whole, isUnread: true };
  const served = loadDocuments([...documents, ...readSources(builtin.sources)], { overrides, historyPath });
  if ('problems' in served) return { ...served, ...whole, isUnread: false };
  const { access } = config;
  const withLines = { ...served.config, builtin: { lines: builtin.lines, known: builtin.known } };
  return {
    config: access === undefined ? withLines : { ...withLines, access },
    ...whole,
    files,
    isBuiltin: true,
    skipped: [...builtin.skipped, ...served.remarks, ...remarks],
  };
}

/** The folder in the state directory that systemd makes for the service (systemd.exec(5), StateDirectory=). */
function usualHistory(states = ''): string | undefined {
  const [state = ''] = states.split(':');
  return state === '' ? undefined : historyIn(state);
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
