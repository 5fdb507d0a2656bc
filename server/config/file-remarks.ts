// Says what is wrong with recordings and files of credentials, for `check`: the configuration that names them is valid all the same.

import { type BrokerOptions, brokerSecrets, messageOf, type SensorSetup } from '../../device/index.ts';
import { credentialsFault, credentialsText, readSecret } from '../machine/secret-file.ts';
import { authorizationFrom } from '../source/dap2/credentials.ts';
import type { Config, FleetConfig, SourceConfig } from './config.ts';
import type { PublishConfig } from './publish.ts';
import type { SecretOptions } from './users-file.ts';

type Environment = SecretOptions['environment'];

/** Empty unless a person checks the configuration: datasets, sensors and sinks whose files cannot be read wait for them. */
export async function fileRemarks(
  { datasets, fleet, simulate }: Config,
  { secrets, environment }: SecretOptions,
): Promise<readonly string[]> {
  if (secrets !== 'check') return [];
  const sources = datasets.map(async ({ info, source }) =>
    (await sourceProblems(source, simulate, environment)).map(problem => `dataset ${info.name}: ${problem}`),
  );
  const ofFleet = fleet === undefined ? [] : problemOf(() => readNats(fleet.nats, environment));
  return [
    ...(await Promise.all(sources)).flat(),
    ...(await sinkRemarks(datasets, environment)),
    ...(await ofFleet).map(problem => `fleet: ${problem}`),
  ];
}

async function sourceProblems(
  source: SourceConfig,
  simulate: boolean,
  environment: Environment,
): Promise<readonly string[]> {
  switch (source.kind) {
    case 'sensors':
      return (await Promise.all(source.sensors.map(setup => sensorProblems(setup, simulate)))).flat();
    case 'dap2': {
      const { address, credentials } = source;
      if (credentials === undefined) return [];
      return problemOf(() => authorizationFrom(credentials, new URL(address), environment));
    }
    case 'nats':
      return problemOf(() => readNats(source.nats, environment));
  }
}

/** A simulated sensor reads no file of the broker that it stands for. */
async function sensorProblems(
  { kind, driver, name, options }: SensorSetup,
  simulate: boolean,
): Promise<readonly string[]> {
  if (driver !== undefined || (simulate && kind.simulate !== undefined)) return [];
  const problem = await kind.problemOf?.(options);
  return problem === undefined ? [] : [`sensor ${name}: ${problem}`];
}

/** One sentence for each file, however many datasets are sent with it. */
async function sinkRemarks(
  datasets: Config['datasets'],
  environment: Environment,
): Promise<readonly string[]> {
  const found = datasets.map(async ({ info, publish = {} }) =>
    (await sinkProblems(publish, environment)).map(problem => ({ problem, dataset: info.name })),
  );
  const named = new Map<string, readonly string[]>();
  for (const { problem, dataset } of (await Promise.all(found)).flat())
    named.set(problem, [...(named.get(problem) ?? []), dataset]);
  return Array.from(
    named,
    ([problem, names]) => `${names.length === 1 ? 'dataset' : 'datasets'} ${names.join(', ')}: ${problem}`,
  );
}

async function sinkProblems(
  { mqtt, nats }: PublishConfig,
  environment: Environment,
): Promise<readonly string[]> {
  const problems = [
    ...(mqtt === undefined ? [] : await problemOf(() => brokerSecrets(mqtt as BrokerOptions, environment))),
    ...(nats === undefined ? [] : await problemOf(() => readNats(nats as FleetConfig['nats'], environment))),
  ];
  return problems.map(problem => `publish: ${problem}`);
}

/** Reads the files by which this machine signs in at the servers of a fleet. */
async function readNats(
  { credentials, ca }: Pick<FleetConfig['nats'], 'credentials' | 'ca'>,
  environment: Environment,
): Promise<void> {
  if (credentials !== undefined)
    await credentialsText(
      credentials,
      environment,
      'credentials of NATS',
      (...parts) => new Error(credentialsFault(credentials, ...parts)),
    );
  if (ca === undefined) return;
  const text = await readSecret(ca, { isOwn: true });
  if (typeof text === 'object') throw new Error(`ca ${ca}: expected ${text.expected}, found ${text.found}`);
}

/** The sentence of the error of `read`, if there is one. */
async function problemOf(read: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await read();
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}
