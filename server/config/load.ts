// Turns texts into a configuration, or into the list of all mistakes in them.

import type { z } from 'zod';
import { SENSOR_KINDS, type SensorKind } from '../../device/index.ts';
import { type CheckResult, checkDatasets } from './check/check.ts';
import type { LimitsByColumn } from './check/check-limits.ts';
import { checkPublish } from './check/check-publish.ts';
import type { Config, DatasetConfig, Overrides } from './config.ts';
import type { DriverKinds } from './drivers/drivers.ts';
import { historyOf, memoryBounds } from './history.ts';
import { explainIssues, foundText, problemAt, valueAt } from './mistakes/explain.ts';
import { publishOf } from './publish.ts';
import { jsonSchemaOf } from './schema/expected.ts';
import { type ConfigSchemas, configSchemas } from './schema/schema.ts';
import { fleetOf, infoOf, sourceOf } from './sources.ts';
import type { ConfigSource } from './text/config-source.ts';
import { type DatasetNode, isMapping } from './text/dataset-node.ts';
import { type Document, readDocument } from './text/document.ts';
import { type Problem, quoted, sortedProblems } from './text/problem.ts';

/** A text that was read, and the dataset that the whole text describes, if any. */
export interface SourceDocument {
  readonly document: Document;
  readonly dataset?: string;
}

export interface LoadOptions {
  /** By default all kinds. */
  readonly kinds?: readonly SensorKind[];
  /** The kinds of all files that `driversNamed` returns for the texts; by default none. */
  readonly drivers?: DriverKinds;
  readonly overrides?: Overrides;
  /** The folder of the history if neither the texts nor the overrides name one. */
  readonly historyPath?: string | undefined;
}

export type LoadResult =
  | {
      readonly config: Config;
      /** What the texts ask for and cannot have, one sentence each. */
      readonly remarks: readonly string[];
    }
  | { readonly problems: readonly Problem[] };

/**
 * Reads at most one configuration, and datasets with texts of their own, which follow its datasets. Never throws:
 * returns a valid configuration, or all problems with file, line and column.
 */
export function loadConfig(sources: readonly ConfigSource[], options: LoadOptions = {}): LoadResult {
  return loadDocuments(readSources(sources), options);
}

/** Parses the texts, whether they are valid or not. */
export function readSources(sources: readonly ConfigSource[]): readonly SourceDocument[] {
  return sources.map(({ name, content, dataset }) => ({
    document: readDocument(name, content),
    ...(dataset === undefined ? {} : { dataset }),
  }));
}

/** As `loadConfig`, for texts that are parsed already. */
export function loadDocuments(documents: readonly SourceDocument[], options: LoadOptions = {}): LoadResult {
  const { kinds = SENSOR_KINDS, drivers = new Map(), overrides = {}, historyPath } = options;
  const schemas = configSchemas(kinds);
  const problems: Problem[] = [];
  const parts: DatasetNode[] = [];
  let main: unknown = Object.create(null);
  let mainDocument: Document | undefined;
  for (const { document, dataset } of documents) {
    problems.push(...document.problems);
    if (document.value === undefined) continue;
    const read =
      dataset === undefined ? readMain(document, schemas) : readDataset(document, dataset, schemas);
    problems.push(...read.problems);
    parts.push(...read.parts);
    if (dataset === undefined) {
      main = document.value;
      mainDocument = document;
    }
  }
  const simulate = overrides.simulate ?? valueAt(main, ['simulate']) === true;
  const checked = checkDatasets(parts, { kinds, drivers, schemas, simulate, overrides });
  problems.push(...checked.problems, ...checkPublish(mainDocument, parts, checked.setups, overrides));
  if (problems.length > 0) {
    return {
      problems: sortedProblems(
        problems,
        documents.map(({ document }) => document.source),
      ),
    };
  }
  return assemble(main, parts, checked, { schemas, overrides, historyPath });
}

interface SourceResult {
  readonly problems: readonly Problem[];
  readonly parts: readonly DatasetNode[];
}

function readMain(document: Document, { config }: ConfigSchemas): SourceResult {
  const { value } = document;
  const place = { document, prefix: [] };
  const problems = problemsOf(place, config, 'a configuration');
  const datasets = valueAt(value, ['datasets']);
  const names = isMapping(datasets) ? Object.keys(datasets) : [];
  return { problems, parts: names.map(name => ({ name, ...place, path: ['datasets', name] })) };
}

function readDataset(document: Document, name: string, { dataset }: ConfigSchemas): SourceResult {
  const place = { document, prefix: ['datasets', name] };
  if (isMapping(document.value)) {
    const written = Object.keys(document.value);
    const misplaced = written.filter(key => TOP_LEVEL_KEYS.includes(key));
    // All other mistakes follow from this one.
    if (misplaced.length > 0)
      return { problems: misplaced.map(key => misplacedKey(document, name, key)), parts: [] };
  }
  const problems = problemsOf(place, dataset, 'a dataset');
  return { problems, parts: isMapping(document.value) ? [{ name, ...place, path: [] }] : [] };
}

/** Keys of the whole configuration, which people copy into the file of one dataset. */
const TOP_LEVEL_KEYS = ['datasets', 'server', 'access', 'simulate', 'seed', 'fleet'];

function misplacedKey(document: Document, name: string, key: string): Problem {
  const inside = valueAt(document.value, [key]);
  const [only, ...others] = isMapping(inside) ? Object.keys(inside) : [];
  const outdent = 'and indent the rest less: the whole file is the dataset';
  const hint =
    key !== 'datasets'
      ? `put "${key}" into config.yaml`
      : only === undefined || others.length > 0
        ? 'put the keys of each dataset into a file of its own, without "datasets:" and its name'
        : `remove "datasets:" and "${only}:", ${outdent} ${name}${only === name ? '' : ` (rename it to ${only}.yaml for that name)`}`;
  return problemAt({ document, prefix: [] }, [key], 'key', {
    expected: 'the keys of one dataset, such as interval and sensors',
    found: quoted(key),
    hint,
  });
}

function problemsOf(
  place: Pick<DatasetNode, 'document' | 'prefix'>,
  schema: z.ZodType,
  what: string,
): readonly Problem[] {
  const { value } = place.document;
  if (!isMapping(value)) {
    const found = value === null ? 'an empty file' : foundText(value);
    const hint =
      typeof value === 'string' && /^[\w-]+:\S/.test(value) ? 'put a space after the colon' : undefined;
    return [
      problemAt(place, [], 'value', {
        expected: `${what}, which is a mapping`,
        found,
        ...(hint && { hint }),
      }),
    ];
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : explainIssues({ ...place, schema: jsonSchemaOf(schema) }, parsed.error.issues);
}

/** Builds the configuration from texts without problems. */
function assemble(
  main: unknown,
  parts: readonly DatasetNode[],
  { setups, limits }: Pick<CheckResult, 'setups' | 'limits'>,
  {
    schemas,
    overrides,
    historyPath,
  }: {
    readonly schemas: ConfigSchemas;
    readonly overrides: Overrides;
    readonly historyPath: string | undefined;
  },
): Extract<LoadResult, { config: Config }> {
  const { server, access, simulate, seed, history: common, fleet } = schemas.config.parse(main);
  const served = fleetOf(fleet);
  const { host = server.host, port = server.port } = overrides;
  const remarks: string[] = [];
  const datasets = parts.map((part): DatasetConfig => {
    const written = schemas.dataset.parse(valueAt(part.document.value, part.path));
    const sensors = setups.get(part) ?? [];
    const own = valueAt(part.document.value, [...part.path, 'publish']);
    const source = sourceOf(part.name, written, sensors, overrides);
    const places = { named: overrides.history, usual: historyPath };
    const isShared = source.delivery.kind !== 'on-demand';
    const history = isShared ? historyOf(common, written.history, places) : undefined;
    const publish = isShared ? publishOf(valueAt(main, ['publish']), own, part.name) : undefined;
    if (history === 'no-folder') remarks.push(noFolder(part.name));
    return {
      info: { ...infoOf(part.name, written, source), ...limitsOf(limits.get(part)) },
      log: memoryBounds(written.log, typeof history === 'object'),
      ...(history === undefined || history === 'no-folder' ? {} : { history }),
      ...(publish === undefined ? {} : { publish }),
      source,
    };
  });
  return {
    config: {
      server: { ...server, host, port },
      ...(access === undefined
        ? {}
        : { access: { file: access.users, rules: { users: new Map(), public: access.public } } }),
      simulate: overrides.simulate ?? simulate,
      seed: overrides.seed ?? seed,
      ...(served === undefined ? {} : { fleet: served }),
      datasets,
    },
    remarks,
  };
}

/** Absent where no column has limits. */
function limitsOf(limits: LimitsByColumn = new Map()): Pick<DatasetConfig['info'], 'limits'> {
  return limits.size === 0 ? {} : { limits };
}

function noFolder(dataset: string): string {
  return `dataset ${dataset} has no history: expected a folder for it, found none: set history.path, or start the server with --history DIR`;
}
