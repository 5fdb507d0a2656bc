// Reads the installed service's options and its state directory from systemd; `install.sh --port` puts a port there.

import type { Machine } from './machine.ts';
import { stateDirectory } from './state-directory.ts';

/** The options of the service's command line that other commands need, and its state directory. */
export interface ServiceOptions {
  readonly host?: string;
  readonly port?: number;
  /** The folder of the history; false for none. */
  readonly history?: string | false;
  /** The folder that systemd makes for the service (systemd.exec(5), StateDirectory=). */
  readonly stateDirectory?: string;
}

/** Empty without a service or without these options. Does not reject. */
export async function serviceOptions({ run }: Pick<Machine, 'run'>): Promise<ServiceOptions> {
  const properties = ['ExecStart', 'StateDirectory'].map(property => `--property=${property}`);
  const shown = (await run('systemctl', ['show', 'dapberry.service', ...properties])) ?? '';
  const command = /^ExecStart=\{.*?argv\[\]=(.*?) ;/m.exec(shown)?.[1] ?? '';
  const [, state] = /^StateDirectory=([^\s:]+)/m.exec(shown) ?? [];
  const [, history] = / --history[= ](\S+)/.exec(command) ?? [];
  const [, port] = / --port[= ](\d{1,5})(?= |$)/.exec(command) ?? [];
  const [, host] = / --host[= ](\S+)/.exec(command) ?? [];
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(history === undefined ? {} : { history: history === 'off' ? (false as const) : history }),
    ...(state === undefined ? {} : { stateDirectory: stateDirectory(state) }),
  };
}

/** The options that apply to the configuration that a person names: those of the service to its own file, where none is named. */
export async function serviceOptionsFor(
  file: string | undefined,
  machine: Pick<Machine, 'run'>,
): Promise<ServiceOptions> {
  return file === undefined ? serviceOptions(machine) : {};
}

/** The listening options as typed, such as `--port 80`; undefined without any. */
export function serviceOptionsText({ host, port }: ServiceOptions): string | undefined {
  const words = [
    ...(host === undefined ? [] : [`--host ${host}`]),
    ...(port === undefined ? [] : [`--port ${port}`]),
  ];
  return words.length === 0 ? undefined : words.join(' ');
}
