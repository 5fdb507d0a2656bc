// `dapberry check`: checks the configuration and prints what it would serve, without opening hardware.

import type { Atomic, Sequence } from '../../../dap/index.ts';
import { columnsOf } from '../../../device/index.ts';
import type { DatasetConfig } from '../../config/config.ts';
import { originText, type ValidConfig } from '../../config/read.ts';
import { describeModel, SEQUENCE_NAME, TIME_UNITS } from '../../dataset/describe.ts';
import { serviceOptions, serviceOptionsText } from '../../machine/service-options.ts';
import { ownAddresses } from '../../network/own-addresses.ts';
import { logCapacity } from '../../store/row-log.ts';
import { aligned, counted, durationText, sizeText } from '../../text/terminal-text.ts';
import type { Command } from './command.ts';
import { ADDRESS_OPTIONS, addressOf, CONFIG_OPTION, fileOf, readValidConfig } from './config-options.ts';

export const checkCommand: Command = {
  name: 'check',
  summary: 'check a configuration, and print what it would serve',
  description:
    'Reads the configuration without opening hardware, and prints what it would serve. If the configuration has mistakes, prints all of them, one per line as FILE:LINE:COLUMN: PATH: expected ..., found ..., and exits with code 2.',
  options: [CONFIG_OPTION, ...ADDRESS_OPTIONS],
  examples: ['dapberry check', 'dapberry check --config garden.yaml'],
  run: async (args, { machine, print, styled }) => {
    const file = fileOf(args);
    // The service's options apply to its own file only.
    const service = file === undefined ? await serviceOptions(machine) : {};
    const options = { ...service, ...addressOf(args) };
    const read = await readValidConfig(file, machine, options);
    print(reportOf(read, machine.addresses, title => styled('bold', title), serviceOptionsText(options)));
    return 0;
  },
};

/** Describes what the configuration would serve. `options` are those of a command line, which override it. */
export function reportOf(
  read: ValidConfig,
  network: readonly string[],
  title: (text: string) => string,
  options?: string,
): string {
  const { config, skipped } = read;
  const { server, simulate, seed, datasets } = config;
  const addresses = ownAddresses(server.host, server.port, network);
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
  ];
  const parts = datasets.map((dataset, index) => datasetText(dataset, address, index === 0, title));
  return `${[aligned(whole), ...skipped, ...parts].join('\n\n')}\n`;
}

function datasetText(
  dataset: DatasetConfig,
  address: string,
  isFirst: boolean,
  title: (text: string) => string,
): string {
  const { info, interval, sensors } = dataset;
  const lines = [
    ['title', info.title],
    ['address', `${address}${info.name}${isFirst ? `, and ${address} itself: the first dataset` : ''}`],
    [
      'interval',
      interval === 0 ? '0: each client gets rows of its own, as fast as it reads' : durationText(interval),
    ],
    ['log', interval === 0 ? 'none' : logText(dataset)],
    ['sensors', sensors.map(sensorText).join(', ')],
  ];
  const columns = [
    ['time', 'Float64', TIME_UNITS, ''],
    ...sensors.flatMap(setup =>
      columnsOf(setup).map(({ name, type = 'Float64', units }) => [name, type, units, `of ${setup.name}`]),
    ),
  ];
  return [
    title(`dataset ${info.name}`),
    aligned(lines).replaceAll(/^/gm, '  '),
    `  columns of the Sequence ${SEQUENCE_NAME}`,
    aligned(columns).replaceAll(/^/gm, '    '),
  ].join('\n');
}

function sensorText({ name, kind, driver }: DatasetConfig['sensors'][number]): string {
  const of = driver === undefined ? '' : ` of ${driver}`;
  return name === kind.name && of === '' ? name : `${name} (${kind.name}${of})`;
}

/** How much time, how many rows and how much memory the full log holds. */
function logText({ info, interval, log, sensors }: DatasetConfig): string {
  const channels = sensors.flatMap(columnsOf);
  const [sequence] = describeModel(info, channels).variables as readonly [Sequence];
  const { rows: most, rowBytes } = logCapacity(sequence.fields as readonly Atomic[], log);
  const rows = Math.min(most, Math.floor(log.age / interval) + 1);
  const reach = durationText(Math.min(log.age, Math.round(rows * interval)));
  return `the last ${reach}: ${counted(rows, 'row')} of ${rowBytes} bytes, ${sizeText(rows * rowBytes)}`;
}
