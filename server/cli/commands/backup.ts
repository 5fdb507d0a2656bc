// `dapberry backup`: writes the configuration, and by choice secrets and the history, into one archive.

import { stat } from 'node:fs/promises';
import type { DatasetFolder } from '../../backup/history-files.ts';
import { readConfig } from '../../config/read.ts';
import { problemLine } from '../../config/text/problem.ts';
import type { Machine } from '../../machine/machine.ts';
import { type ServiceOptions, serviceOptionsFor } from '../../machine/service-options.ts';
import { historyIn, stateFolders } from '../../machine/state-directory.ts';
import { counted, sizeText } from '../../text/terminal-text.ts';
import { type Command, UsageError } from './command.ts';
import { CONFIG_OPTION, fileOf } from './config-options.ts';
import { historyOptionOf } from './history-option.ts';
import { ProgressLines } from './progress-lines.ts';

export const backupCommand: Command = {
  name: 'backup',
  summary: 'write the configuration, and by choice the history, into an archive',
  description:
    'Writes one archive (.tar.gz) with the configuration, the drivers that it names, drop-ins of the units and the last good configuration; by choice also files of secrets and past rows. The server may run meanwhile: each row that was on the disk at the beginning is in the archive. The archive gets its name when it is whole. dapberry restore puts it back, also on another machine.',
  operands: { shown: 'FILE.tar.gz', most: 1 },
  options: [
    { name: 'with-history', meaning: 'also the rows on disk' },
    {
      name: 'history',
      value: 'DIR',
      meaning: 'also the rows in this folder, such as that of dapberry serve --history DIR',
    },
    {
      name: 'with-credentials',
      meaning: 'also the files of users, keys and tokens; then only the owner may read the archive',
    },
    { name: 'force', meaning: 'replace an archive of this name' },
    CONFIG_OPTION,
  ],
  examples: [
    'sudo dapberry backup pi.tar.gz --with-history --with-credentials',
    'dapberry backup garden.tar.gz --config garden.yaml',
  ],
  run: async (args, { machine, print, tell }) => {
    const [archive] = args.operands;
    if (archive === undefined) throw new UsageError('expected the name of an archive, found nothing');
    const hasCredentials = args.options.has('with-credentials');
    const file = fileOf(args);
    const { gather } = await import('../../backup/gather.ts');
    const { writeBackup } = await import('../../backup/backup.ts');
    const service = await serviceOptionsFor(file, machine);
    const { stateDirectory } = service;
    const states = [
      ...(stateDirectory === undefined ? [] : [stateDirectory]),
      ...stateFolders(machine.configuration.environment),
    ];
    const gathered = await gather(machine, { file, hasCredentials, states });
    const named = historyOptionOf(args);
    const { datasetFolders } = await import('../../backup/history-files.ts');
    const history =
      named !== undefined
        ? await datasetFolders(named)
        : args.options.has('with-history')
          ? await historiesOf(machine, file, service, line => tell.line(line))
          : undefined;
    if (gathered.files.length === 0 && history === undefined)
      throw new Error(`expected a configuration, found none at ${gathered.main}; name one with --config`);
    for (const remark of gathered.remarks) tell.line(remark);
    const stop = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
    const progress = new ProgressLines(tell);
    const { files, historyFiles, historyBytes, bytes } = await writeBackup({
      file: archive,
      isForced: args.options.has('force'),
      gathered,
      hasCredentials,
      history,
      signal: stop.signal,
      onRemark: text => tell.line(text),
      onHistory: (count, path) => progress.show(`${sizeText(count)} of the history, the last of ${path}`),
    });
    tell.progress('');
    const rows =
      history === undefined
        ? 'no history'
        : `${counted(historyFiles, 'file')} of the history (${sizeText(historyBytes)})`;
    print(`${archive}: ${counted(files, 'file')} of the configuration, ${rows}, ${sizeText(bytes)}\n`);
    return 0;
  },
};

/** The folders of all datasets in the histories of the configuration and of the service. */
async function historiesOf(
  machine: Machine,
  file: string | undefined,
  { stateDirectory, ...overrides }: ServiceOptions,
  tell: (line: string) => void,
): Promise<readonly DatasetFolder[]> {
  const { datasetFolders } = await import('../../backup/history-files.ts');
  const { configuration, host: hostOf } = machine;
  const read = await readConfig(file, overrides, { ...configuration, hostOf, stateDirectory });
  if ('problems' in read)
    tell(
      `the configuration is wrong, so that a history.path in it is not known: ${problemLine(read.problems[0]!)}`,
    );
  const datasets = 'config' in read ? read.config.datasets : [];
  const found = new Map<string, DatasetFolder>();
  for (const { info, history } of datasets) {
    const all = history === undefined ? [] : await datasetFolders(history.path);
    for (const folder of all) if (folder.dataset === info.name) found.set(folder.dataset, folder);
  }
  const places = [
    ...datasets.flatMap(({ history }) => history?.path ?? []),
    ...(stateDirectory === undefined ? [] : [historyIn(stateDirectory)]),
  ];
  for (const place of new Set(places)) {
    // Datasets that the configuration no longer has.
    for (const folder of await datasetFolders(place))
      if (!found.has(folder.dataset)) found.set(folder.dataset, folder);
  }
  const isThere = async (place: string) => (await stat(place).catch(() => undefined))?.isDirectory() ?? false;
  if (places.length === 0)
    throw new UsageError(
      '--with-history: expected a history in the configuration, found none; name its folder with --history DIR',
    );
  for (const place of new Set(places)) if (!(await isThere(place))) tell(`${place}: no history is there yet`);
  return [...found.values()];
}
