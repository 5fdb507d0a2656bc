// `dapberry import`: takes rows from Parquet and CSV files into the history on disk.

import { stat } from 'node:fs/promises';
import { columnsOf } from '../../../device/index.ts';
import { type Config, type DatasetConfig, sensorsOf } from '../../config/config.ts';
import { DATASET_NAME } from '../../config/schema/schema.ts';
import { type ServiceOptions, serviceOptions } from '../../machine/service-options.ts';
import { historyIn, SERVICE_STATE } from '../../machine/state-directory.ts';
import { sensorLayout } from '../../source/sensor-layout.ts';
import { counted } from '../../text/terminal-text.ts';
import { importSummary } from '../import-summary.ts';
import { textOf } from './arguments.ts';
import { type Command, UsageError } from './command.ts';
import { CONFIG_OPTION, fileOf, readValidConfig } from './config-options.ts';
import { historyOptionOf } from './history-option.ts';
import { ProgressLines } from './progress-lines.ts';

/** The history of the installed service. */
const SERVICE_HISTORY = historyIn(SERVICE_STATE);

export const importCommand: Command = {
  name: 'import',
  summary: 'take rows from files into the history on disk',
  description:
    'Takes the rows of Parquet files of a history (day files and parts, or folders of them, such as a backup) and of CSV files that dapberry pull wrote into a history. Rows get their places by their times. A row that the history has already is dropped and counted; of two rows with the same time and other values the stored one stays. Stop the server first. Until the last step nothing is changed: after an error or Ctrl-C the history is as before.',
  operands: { shown: 'FILE...', most: Number.POSITIVE_INFINITY },
  options: [
    {
      name: 'history',
      value: 'DIR',
      meaning: `the folder of the history; by default history.path of the configuration, else ${SERVICE_HISTORY} if it is there`,
    },
    {
      name: 'dataset',
      value: 'NAME',
      meaning:
        'the dataset of the rows; by default the one that a Parquet file names, and for CSV the only dataset of the configuration',
    },
    CONFIG_OPTION,
  ],
  examples: [
    'dapberry import backup/history --history history',
    'dapberry import roof-*.csv --dataset roof --history history',
  ],
  run: async (args, { machine, print, tell }) => {
    const { operands } = args;
    if (operands.length === 0) throw new UsageError('expected the names of files, found nothing');
    const dataset = textOf(args, 'dataset', 'the name of a dataset');
    if (dataset !== undefined && !DATASET_NAME.test(dataset))
      throw new UsageError(`--dataset: expected the name of a dataset, found ${JSON.stringify(dataset)}`);
    const named = historyOptionOf(args);
    // With a folder, a configuration is only read if it is asked for.
    const file = fileOf(args);
    const isRead = named === undefined || file !== undefined;
    // The service's options apply to its own file only.
    const isOfService = isRead && file === undefined;
    const { stateDirectory: _state, ...service }: ServiceOptions = isOfService
      ? await serviceOptions(machine)
      : {};
    const config = isRead ? (await readValidConfig(file, machine, service)).config : undefined;
    const folder = named ?? (await configuredFolder(config, dataset));
    const { importRows } = await import('../../importing/import.ts');
    const stop = new AbortController();
    const interrupt = () => stop.abort(new Error('interrupted; nothing was imported'));
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupt);
    const [only, another] = config?.datasets ?? [];
    const progress = new ProgressLines(tell);
    let rows = 0;
    const counts = await importRows({
      folder,
      operands,
      dataset,
      onlyDataset: another === undefined ? only?.info.name : undefined,
      served: name => servedColumns(config?.datasets.find(({ info }) => info.name === name)),
      signal: stop.signal,
      onRows: (count, path) => {
        rows += count;
        progress.show(`${counted(rows, 'row')} read, the last of ${path}`);
      },
      onRemark: text => tell.line(text),
    });
    tell.progress('');
    for (const line of counts.flatMap(importSummary)) print(`${line}\n`);
    if (counts.some(({ imported }) => imported > 0))
      print('The server has the rows when it starts again, and makes the summaries of their days then.\n');
    return 0;
  },
};

async function configuredFolder(config: Config | undefined, dataset: string | undefined): Promise<string> {
  const folders = new Set(
    config?.datasets
      .filter(({ info }) => dataset === undefined || info.name === dataset)
      .flatMap(({ history }) => history?.path ?? []),
  );
  const [folder, another] = folders;
  if (folder !== undefined && another === undefined) return folder;
  if (folder !== undefined) {
    throw new UsageError(
      `expected one folder, found several in the configuration: ${[...folders].join(', ')}; choose with --history or --dataset`,
    );
  }
  const isThere = await stat(SERVICE_HISTORY).then(
    status => status.isDirectory(),
    () => false,
  );
  if (isThere) return SERVICE_HISTORY;
  throw new UsageError(
    'expected the folder of a history in the configuration, found none; give one with --history',
  );
}

function servedColumns(dataset: DatasetConfig | undefined) {
  // The columns of another source are known only while it is open.
  if (dataset === undefined || dataset.source.kind !== 'sensors') return undefined;
  return sensorLayout(sensorsOf(dataset).flatMap(columnsOf)).columns;
}
