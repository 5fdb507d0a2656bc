// `dapberry check`: tells whether the configuration is right, and what it would serve. Opens no hardware.

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
  summary: 'tell whether a configuration is right, and what it would serve',
  description:
    'Reads the configuration and opens no hardware. Of a wrong one all mistakes are printed, one a line as FILE:LINE:COLUMN: PATH: expected ..., found ..., and the exit code is 2. Of a right one it prints what would be served.',
  options: [CONFIG_OPTION, ...ADDRESS_OPTIONS],
  examples: ['dapberry check', 'dapberry check --config garden.yaml'],
  run: async (args, { machine, print, styled }) => {
    const file = fileOf(args);
    const asked = addressOf(args);
    // Another file is not what the service serves.
    const service = file === undefined ? await serviceOptions(machine) : {};
    const found = await readValidConfig(file, machine, { ...service, ...asked });
    const told = { ...service, ...asked };
    print(reportOf(found, machine.addresses, title => styled('bold', title), serviceOptionsText(told)));
    return 0;
  },
};

/** What would be served, for a person. `options` are those of a command line that come before the configuration. */
export function reportOf(
  found: ValidConfig,
  network: readonly string[],
  title: (text: string) => string,
  options?: string,
): string {
  const { config, skipped } = found;
  const { server, simulate, seed, datasets } = config;
  const addresses = ownAddresses(server.host, server.port, network);
  const [address = ''] = addresses;
  const whole = [
    ['configuration', originText(found)],
    [
      'live page',
      `${server.port === 0 ? 'at any free port' : addresses.join('  ')}${options === undefined ? '' : ` (with ${options})`}`,
    ],
    [
      'simulated',
      simulate ? `everything, with the seed ${seed}` : 'nothing but the kinds that are simulated by nature',
    ],
    ['streams', `${server.maxStreams} at most, ${server.maxStreamsPerAddress} of one address`],
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
      interval === 0 ? '0: as fast as each client reads, each with rows of its own' : durationText(interval),
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

/** How far back it reaches once it is full, and what it takes then. */
function logText({ info, interval, log, sensors }: DatasetConfig): string {
  const channels = sensors.flatMap(columnsOf);
  const [sequence] = describeModel(info, channels).variables as readonly [Sequence];
  const { rows: most, rowBytes } = logCapacity(sequence.fields as readonly Atomic[], log);
  const rows = Math.min(most, Math.floor(log.age / interval) + 1);
  const reach = durationText(Math.min(log.age, Math.round(rows * interval)));
  return `the last ${reach}: ${counted(rows, 'row')} of ${rowBytes} bytes, ${sizeText(rows * rowBytes)}`;
}
