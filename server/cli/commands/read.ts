// `dapberry read`: prints one reading of every sensor of the configuration.

import { shellWord } from '../../../dap/client/http/shell-word.ts';
import { DAP2 } from '../../../dap/formats/index.ts';
import {
  type Channel,
  channelValue,
  columnsOf,
  fillValue,
  readOnce,
  type SensorHost,
  type SensorSetup,
  sensorOpener,
} from '../../../device/index.ts';
import { type Config, type DatasetConfig, sensorsOf } from '../../config/config.ts';
import { csvText } from '../../formats/csv-rows.ts';
import { serviceOptionsFor } from '../../machine/service-options.ts';
import { ownAddresses } from '../../network/own-addresses.ts';
import { aligned } from '../../text/terminal-text.ts';
import { choiceOf } from './arguments.ts';
import type { Command, CommandContext } from './command.ts';
import { CONFIG_OPTION, fileOf, readValidConfig, SIMULATE_OPTION } from './config-options.ts';

/** One reading of a column, or the reason why it has none. */
export interface ReadValue {
  readonly dataset: string;
  readonly sensor: string;
  /** The column. */
  readonly name: string;
  /** Null if the sensor gave none. */
  readonly value: number | null;
  readonly units: string;
  readonly error?: string;
}

const FORMATS = ['table', 'json', 'csv'] as const;

export const readCommand: Command = {
  name: 'read',
  summary: 'print one reading of every sensor',
  description:
    'Reads every configured sensor once, all at the same time, and prints the values as in a row: named, corrected and rounded as configured. Waits up to 5 seconds for the first message of a broker. The exit code is 1 if a sensor gave no value. A running server, such as the service, does not share its GPIO pins: ask the server instead.',
  options: [
    CONFIG_OPTION,
    {
      name: 'format',
      value: 'FORMAT',
      meaning: 'table (the default), json or csv',
    },
    SIMULATE_OPTION,
  ],
  examples: [
    'dapberry read',
    'dapberry read --config garden.yaml --simulate',
    'dapberry read --simulate --format csv',
  ],
  run: async (args, context) => {
    const { machine, print } = context;
    const format = choiceOf(args, 'format', FORMATS) ?? 'table';
    const simulate = args.options.has('simulate');
    const file = fileOf(args);
    const { config, skipped } = await readValidConfig(file, machine, simulate ? { simulate } : {});
    const values = await readAll(config, machine.host(config.seed));
    if (format === 'json') print(`${JSON.stringify(values, null, 2)}\n`);
    else if (format === 'csv') print(csvOf(values));
    else print(tableOf(values, skipped, context.styled));
    const isWhole = values.every(({ error }) => error === undefined);
    if (!simulate) await reportServer(config, file, lackingShared(config, values), context);
    return isWhole ? 0 : 1;
  },
};

/** One reading of every sensor, in the order of datasets, sensors and columns. Does not reject. */
async function readAll({ datasets, simulate }: Config, host: SensorHost): Promise<readonly ReadValue[]> {
  const readings = datasets.flatMap(dataset =>
    sensorsOf(dataset).map(setup => readSensor(dataset.info.name, setup, host, simulate)),
  );
  return (await Promise.all(readings)).flat();
}

/** The datasets with a sensor that uses the machine's hardware and gave no value: a running server may hold that hardware. */
function lackingShared({ datasets }: Config, values: readonly ReadValue[]): readonly string[] {
  const isLacking = (dataset: DatasetConfig) =>
    sensorsOf(dataset)
      .filter(({ kind }) => kind.needs.length > 0 && kind.isPushing !== true)
      .some(({ name }) =>
        values.some(
          value => value.error !== undefined && value.dataset === dataset.info.name && value.sensor === name,
        ),
      );
  return datasets.filter(isLacking).map(({ info }) => info.name);
}

/** Names a running server that may hold the sensors that failed: it serves one of these datasets, or names none to this user. */
async function reportServer(
  config: Config,
  file: string | undefined,
  lacking: readonly string[],
  { machine, tell }: CommandContext,
): Promise<void> {
  if (lacking.length === 0) return;
  const { host = config.server.host, port = config.server.port } = await serviceOptionsFor(file, machine);
  const server = { ...config.server, host, port };
  const running = port === 0 ? undefined : await machine.serverAt(port, host);
  if (running === undefined) return;
  const { datasets } = running;
  const served = lacking.find(name => datasets.length === 0 || datasets.some(other => other.name === name));
  if (served === undefined) return;
  const [address = ''] = ownAddresses(server, machine.addresses);
  tell.line(
    `${running.name} runs at ${address} and may hold the sensors that failed: read its next row (curl -g ${shellWord(`${address}${served}${DAP2.ascii.suffix}?sensor[0]`)}), or stop it first (sudo systemctl stop dapberry)`,
  );
}

async function readSensor(
  dataset: string,
  setup: SensorSetup,
  host: SensorHost,
  simulate: boolean,
): Promise<readonly ReadValue[]> {
  const { values, error } = await readOnce(sensorOpener(setup, host, simulate), host.clock);
  return columnsOf(setup).map((column, index) => {
    const { name, units } = column;
    const value = values === undefined ? null : rowValue(column, values[index]!);
    const why = value === null && error !== undefined ? { error } : {};
    return { dataset, sensor: setup.name, name, value, units, ...why };
  });
}

/** The value as it stands in a row; null for a missing value. */
function rowValue(column: Channel, read: number): number | null {
  const value = channelValue(column, read);
  return Object.is(value, fillValue(column.type)) || !Number.isFinite(value) ? null : value;
}

function tableOf(
  values: readonly ReadValue[],
  skipped: readonly string[],
  styled: CommandContext['styled'],
): string {
  const rows = values.map(({ dataset, sensor, name, value, units, error }) => [
    dataset,
    sensor,
    name,
    value === null ? '-' : shortText(value),
    error === undefined ? units : '',
    error ?? '',
  ]);
  const errors = new Set(values.flatMap(({ error }) => (error === undefined ? [] : [error])));
  let table = aligned(
    [['DATASET', 'SENSOR', 'NAME', 'VALUE', 'UNITS', ''], ...rows],
    Number.POSITIVE_INFINITY,
  );
  for (const error of errors) table = table.replaceAll(error, () => styled('red', error));
  return `${[table, ...skipped].join('\n')}\n`;
}

/** At most seven significant digits. */
function shortText(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(7)));
}

function csvOf(values: readonly ReadValue[]): string {
  const rows = values.map(({ dataset, sensor, name, value, units, error = '' }) =>
    // A number needs no protection against formulas, whatever its sign.
    [...[dataset, sensor, name].map(csvText), String(value ?? ''), ...[units, error].map(csvText)].join(','),
  );
  return `${['dataset,sensor,name,value,units,error', ...rows].join('\r\n')}\r\n`;
}
