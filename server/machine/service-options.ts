// Reads from systemd where the installed service is told to listen: `install.sh --port` writes that into a drop-in, and not into the configuration.

import type { Machine } from './machine.ts';

/** What the service's command line says. */
export interface ServiceOptions {
  readonly host?: string;
  readonly port?: number;
}

/** Empty where there is no service, or its command says neither. Does not reject. */
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

/** `--port 80`, as it was typed; undefined where nothing was. */
export function serviceOptionsText({ host, port }: ServiceOptions): string | undefined {
  const words = [
    ...(host === undefined ? [] : [`--host ${host}`]),
    ...(port === undefined ? [] : [`--port ${port}`]),
  ];
  return words.length === 0 ? undefined : words.join(' ');
}
