// `dapberry check`: checks the configuration and prints what it would serve, without opening hardware.

import { type ColumnLimits, LEVELS, listedLimits } from '../../../dap/model/limits.ts';
import { attributeText } from '../../../dap/protocol.ts';
import { columnsOf, type SensorSetup } from '../../../device/index.ts';
import { type DatasetConfig, type SourceConfig, sensorsOf } from '../../config/config.ts';
import { originText, type ValidConfig } from '../../config/read.ts';
import { serviceOptionsFor, serviceOptionsText } from '../../machine/service-options.ts';
import { ownAddresses } from '../../network/own-addresses.ts';
import type { RowDelivery, SequenceLayout } from '../../source/row-source.ts';
import { sensorLayout } from '../../source/sensor-layout.ts';
import { memoryCapacity } from '../../store/memory-store.ts';
import { aligned, counted, durationText, sizeText } from '../../text/terminal-text.ts';
import { fleetLines, publishLines } from '../elsewhere-lines.ts';
import { historyLines } from '../history-lines.ts';
import type { Command } from './command.ts';
import { ADDRESS_OPTIONS, addressOf, CONFIG_OPTION, fileOf, readValidConfig } from './config-options.ts';

export const checkCommand: Command = {
  name: 'check',
  summary: 'check a configuration, and print what it would serve',
  description:
    'Reads the configuration without opening hardware, and prints what it would serve. If the configuration has mistakes, prints all of them, one per line as FILE:LINE:COLUMN: PATH: expected ..., found ..., and exits with code 2.',
  options: [CONFIG_OPTION, ...ADDRESS_OPTIONS],
  examples: ['dapberry check', 'dapberry check --config garden.yaml'],
  run: async (args, { machine, print, tell, styled }) => {
    const file = fileOf(args);
    const { stateDirectory, ...service } = await serviceOptionsFor(file, machine);
    const options = { ...service, ...addressOf(args) };
    const read = await readValidConfig(file, machine, options, stateDirectory, 'check');
    const { lines, faults } = await historyLines(read.config.datasets, machine);
    const bold = (title: string) => styled('bold', title);
    print(reportOf(read, machine.addresses, bold, lines, serviceOptionsText(options)));
    for (const fault of faults) tell.line(fault);
    return faults.length === 0 ? 0 : 2;
  },
};

/** Describes what the configuration would serve. `options` are those of a command line, which override it. */
export function reportOf(
  read: ValidConfig,
  network: readonly string[],
  title: (text: string) => string,
  histories: ReadonlyMap<DatasetConfig, string>,
  options?: string,
): string {
  const { config, skipped } = read;
  const { server, simulate, seed, datasets } = config;
  const addresses = ownAddresses(server, network);
  const [address = ''] = addresses;
  const whole = [
    ['configuration', originText(read)],
    [
      'live page',
      `${server.port === 0 ? 'at any free port' : addresses.join('  ')}${options === undefined ? '' : ` (with ${options})`}`,
    ],
    [
      'simulated',
      simulate ? `everything, with the seed ${seed}` : 'only the kinds that are always simulated',
    ],
    ['streams', `at most ${server.maxStreams}, and ${server.maxStreamsPerAddress} per address`],
    ...fleetLines(config.fleet),
  ];
  const parts = datasets.map((dataset, index) =>
    datasetText(dataset, address, index === 0, title, histories.get(dataset)),
  );
  return `${[aligned(whole), ...skipped, ...parts].join('\n\n')}\n`;
}

function datasetText(
  dataset: DatasetConfig,
  address: string,
  isFirst: boolean,
  title: (text: string) => string,
  history: string | undefined,
): string {
  const { info, source } = dataset;
  const { delivery } = source;
  const sensors = sensorsOf(dataset);
  const layout = layoutOf(source);
  const lines = [
    ['title', info.title],
    ['address', `${address}${info.name}${isFirst ? `, and ${address} itself: the first dataset` : ''}`],
    ['interval', intervalText(delivery)],
    ['log', logText(dataset, layout)],
    ...(history === undefined ? [] : [['history', history]]),
    ...sourceLines(source),
    ...publishLines(dataset.publish),
  ];
  const owners = new Map(sensors.flatMap(setup => columnsOf(setup).map(({ name }) => [name, setup.name])));
  const columns = layout?.columns.map(({ name, type, attributes }) => {
    const owner = owners.get(name);
    const words = [owner === undefined ? [] : `of ${owner}`, limitsText(info.limits?.get(name))].flat();
    return [name, type, attributeText(attributes, 'units') ?? '', words.join(', ')];
  });
  return [
    title(`dataset ${info.name}`),
    aligned(lines).replaceAll(/^/gm, '  '),
    ...(layout === undefined || columns === undefined
      ? ['  columns: those of its source, which this command does not ask']
      : [`  columns of the Sequence ${layout.name}`, aligned(columns).replaceAll(/^/gm, '    ')]),
  ].join('\n');
}

/** Such as `warn above 30`, one text for each level. */
function limitsText(limits: ColumnLimits = {}): readonly string[] {
  return LEVELS.flatMap(level => {
    const sides = listedLimits(limits).filter(limit => limit.level === level);
    return sides.length === 0
      ? []
      : [`${level} ${sides.map(({ side, value }) => `${side} ${value}`).join(' or ')}`];
  });
}

/** The columns of a source that has not been opened; undefined if only the open source knows them. */
function layoutOf(source: SourceConfig): SequenceLayout | undefined {
  switch (source.kind) {
    case 'sensors':
      return sensorLayout(source.sensors.flatMap(columnsOf));
    case 'dap2':
    case 'nats':
      return undefined;
  }
}

/** The lines about where the rows come from. */
function sourceLines(source: SourceConfig): readonly (readonly [string, string])[] {
  switch (source.kind) {
    case 'sensors':
      return [['sensors', source.sensors.map(sensorText).join(', ')]];
    case 'dap2': {
      const { address, credentials, past } = source;
      const begin = past === 0 ? 'the next row' : `the rows of the last ${durationText(past)}`;
      return [
        ['source', `the rows of ${address}`],
        ...(credentials === undefined ? [] : [['credentials', `of ${credentials}`] as const]),
        ['begins', `with ${begin}, while none is stored`],
      ];
    }
    case 'nats': {
      const { nats, dataset, past } = source;
      return [
        ['source', `the rows of ${dataset} in the stream ${nats.stream} at ${nats.servers.join(', ')}`],
        ...(nats.credentials === undefined ? [] : [['credentials', `of ${nats.credentials}`] as const]),
        ['begins', `with the rows of the last ${durationText(past)}, while none is stored`],
      ];
    }
  }
}

function intervalText(delivery: RowDelivery): string {
  switch (delivery.kind) {
    case 'scheduled':
      return durationText(delivery.interval);
    case 'pushed':
      return 'none: rows come when their sender has some';
    case 'on-demand':
      return '0: each client gets rows of its own, as fast as it reads';
  }
}

function sensorText({ name, kind, driver }: SensorSetup): string {
  const of = driver === undefined ? '' : ` of ${driver}`;
  return name === kind.name && of === '' ? name : `${name} (${kind.name}${of})`;
}

/** How much time, how many rows and how much memory the full log holds. */
function logText({ log, source: { delivery } }: DatasetConfig, layout: SequenceLayout | undefined): string {
  if (layout === undefined)
    return `at most the last ${durationText(log.age)}, ${counted(log.rows, 'row')} or ${sizeText(log.bytes)}`;
  const { rows: most, rowBytes } = memoryCapacity(layout.columns, log);
  const text = (rows: number) => `${counted(rows, 'row')} of ${rowBytes} bytes, ${sizeText(rows * rowBytes)}`;
  switch (delivery.kind) {
    case 'scheduled': {
      const rows = Math.min(most, Math.floor(log.age / delivery.interval) + 1);
      const reach = durationText(Math.min(log.age, Math.round(rows * delivery.interval)));
      return `the last ${reach}: ${text(rows)}`;
    }
    case 'pushed':
      return `at most the last ${durationText(log.age)}: ${text(most)}`;
    case 'on-demand':
      return 'none';
  }
}
