// Chooses the configuration that a server starts with: that of its files, else the last good one, else the load of this machine.

import { parseDocument } from 'yaml';
import { thisHost } from '../../device/index.ts';
import { builtinConfig } from '../config/builtin.ts';
import type { AccessConfig, Overrides } from '../config/config.ts';
import type { ConfigurationState } from '../config/configuration-state.ts';
import { CopiedDrivers } from '../config/drivers/copied-drivers.ts';
import { Drivers } from '../config/drivers/drivers.ts';
import type { LastGood } from '../config/last-good.ts';
import { loadConfig, readSources } from '../config/load.ts';
import { valueAt } from '../config/mistakes/explain.ts';
import { type ConfigResult, type ReadOptions, readTexts, type ValidConfig } from '../config/read.ts';
import type { ConfigSource } from '../config/text/config-source.ts';
import { isMapping } from '../config/text/dataset-node.ts';
import { decodeText } from '../config/text/document-text.ts';
import { type Problem, problemLine } from '../config/text/problem.ts';

/** The files are wrong; another configuration runs instead. */
export interface WrongStart extends Pick<ConfigurationState, 'lastGood'> {
  readonly inUse: 'last-good' | 'host-only';
  readonly problems: readonly string[];
  /** A file could not be read, so that its content is unknown. */
  readonly isUnread: boolean;
}

export interface Start {
  /** The configuration to run. */
  readonly valid: ValidConfig;
  /** Undefined if it is that of the files. */
  readonly wrong?: WrongStart;
}

type WrongConfig = Extract<ConfigResult, { problems: readonly Problem[] }>;

/** What to run in place of a configuration with mistakes. Rejects only if this machine cannot be examined. */
export async function startInstead(
  wrong: WrongConfig,
  lastGood: LastGood,
  overrides: Overrides,
  options: ReadOptions,
): Promise<Start> {
  const facts = { problems: wrong.problems.map(problemLine), isUnread: wrong.isUnread };
  const kept = await lastGood.read();
  if (kept !== undefined) {
    const texts = { file: wrong.file, sources: kept.sources, problems: [] };
    const loader = new CopiedDrivers(options.drivers ?? new Drivers(), kept.copies);
    const read = await readTexts(texts, overrides, { ...options, drivers: loader });
    // The drivers and secrets of the wrong files are watched: they may be what is wrong.
    if ('config' in read) {
      const [drivers, secrets] = (['drivers', 'secrets'] as const).map(key => [
        ...new Set([...read[key], ...wrong[key]]),
      ]) as [string[], string[]];
      const valid = { ...read, drivers, secrets };
      return { valid, wrong: { ...facts, inUse: 'last-good', lastGood: kept.savedAt } };
    }
  }
  return { valid: await hostOnly(wrong, overrides), wrong: { ...facts, inUse: 'host-only' } };
}

/** The dataset of this machine's load, at the address and with the limits of the wrong configuration as far as these are valid. */
async function hostOnly(
  { file, sources, drivers, secrets }: WrongConfig,
  overrides: Overrides,
): Promise<ValidConfig> {
  const main: ConfigSource = { name: file, content: JSON.stringify(validPart(file, sources)) };
  const own = loadConfig([main], { overrides });
  if ('problems' in own) throw new Error(own.problems.map(problemLine).join('; '));
  const { seed, simulate } = own.config;
  const builtin = await builtinConfig(thisHost(seed), simulate, overrides.interval);
  const host = builtin.sources.filter(({ dataset }) => dataset === 'host');
  const served = [main, ...(host.length > 0 ? host : builtin.sources)];
  // Without a history: the machine's load fills no disk that the operator has not given it.
  const loaded = loadConfig(served, { overrides: { ...overrides, history: false } });
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('; '));
  const isRestricted = valueAt(mainOf(sources), ['access']) !== undefined;
  const config = isRestricted ? { ...loaded.config, access: NO_USER } : loaded.config;
  return { config, file, files: [], sources: [], isBuiltin: true, drivers, secrets, skipped: [] };
}

/** Where the configuration names users that cannot be read, nobody may read: the operator did not mean everyone. */
const NO_USER: AccessConfig = { file: '', rules: { users: new Map(), public: [] } };

/** What can be read of the main file: of one that is no YAML, the keys before and behind the mistake. */
function mainOf(sources: readonly ConfigSource[]): unknown {
  const mains = sources.filter(({ dataset }) => dataset === undefined);
  const [read] = readSources(mains);
  if (read === undefined || read.document.value !== undefined) return read?.document.value;
  const decoded = decodeText(mains[0]!.name, mains[0]!.content);
  if ('problem' in decoded) return undefined;
  try {
    return parseDocument(decoded.text, { version: '1.2', logLevel: 'silent', uniqueKeys: false }).toJS();
  } catch {
    // Nested too deeply, or too many aliases.
    return undefined;
  }
}

/** The valid ones of the keys `server`, `simulate` and `seed`; of `server` each key for itself. */
function validPart(file: string, sources: readonly ConfigSource[]): object {
  const main = mainOf(sources);
  const isValid = (part: object) => 'config' in loadConfig([{ name: file, content: JSON.stringify(part) }]);
  const part: Record<string, unknown> = {};
  for (const key of ['simulate', 'seed']) {
    const value = valueAt(main, [key]);
    if (value !== undefined && isValid({ [key]: value })) part[key] = value;
  }
  const server = valueAt(main, ['server']);
  const keys = isMapping(server) ? Object.entries(server) : [];
  const valid = keys.filter(([key, value]) => isValid({ server: { [key]: value } }));
  const isLost = (wanted: string) =>
    keys.some(([key]) => key === wanted) && !valid.some(([key]) => key === wanted);
  // A wrong list of clients is no list of all, and passwords must not go through the network without TLS.
  const isOpened = isLost('allow') || isLost('tls');
  part['server'] = Object.fromEntries(isOpened ? [...valid, ['allow', ['loopback']]] : valid);
  return part;
}
