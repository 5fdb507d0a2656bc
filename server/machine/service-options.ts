// Reads the installed service's --host and --port from systemd, where `install.sh --port` puts them.

import type { Machine } from './machine.ts';

/** The listening options of the service's command line. */
export interface ServiceOptions {
  readonly host?: string;
  readonly port?: number;
}

/** Empty without a service or without these options. Does not reject. */
export async function serviceOptions({ run }: Pick<Machine, 'run'>): Promise<ServiceOptions> {
  const shown = await run('systemctl', ['show', 'dapberry.service', '--property=ExecStart']);
  const command = /^ExecStart=\{.*?argv\[\]=(.*?) ;/m.exec(shown ?? '')?.[1] ?? '';
  const [, port] = / --port[= ](\d{1,5})(?= |$)/.exec(command) ?? [];
  const [, host] = / --host[= ](\S+)/.exec(command) ?? [];
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

/** The options as typed, such as `--port 80`; undefined without any. */
export function serviceOptionsText({ host, port }: ServiceOptions): string | undefined {
  const words = [
    ...(host === undefined ? [] : [`--host ${host}`]),
    ...(port === undefined ? [] : [`--port ${port}`]),
  ];
  return words.length === 0 ? undefined : words.join(' ');
}
