// Examines the configuration, the port and the installed service.

import { shellWord } from '../../../dap/client/http/shell-word.ts';
import { type Config, sensorsOf } from '../../config/config.ts';
import { inUseText, secondsText } from '../../config/configuration-state.ts';
import { type ConfigResult, originText } from '../../config/read.ts';
import { DEFAULT_PORT } from '../../config/schema/schema.ts';
import { problemLine } from '../../config/text/problem.ts';
import type { AnsweringServer } from '../../machine/answering-server.ts';
import type { Machine } from '../../machine/machine.ts';
import { type ServiceOptions, serviceOptionsText } from '../../machine/service-options.ts';
import { counted } from '../../text/terminal-text.ts';
import { examineCertificate, examineRunningCertificate } from './certificate.ts';
import { type Finding, fix, note, ok } from './finding.ts';
import { examineLinks } from './links.ts';
import { examineRowTimes } from './row-times.ts';

/** `options` are those of a command line, which override the configuration; `file` is given by `--config`. */
export async function examineService(
  machine: Machine,
  read: ConfigResult,
  options: ServiceOptions,
  file: string | undefined,
): Promise<readonly Finding[]> {
  const config = 'config' in read ? read.config : undefined;
  return [
    ...configuration(read, file),
    ...(config === undefined
      ? await runningInstead(machine, options)
      : await port(machine, config.server, options)),
    ...(await examineCertificate(machine, config?.server.tls)),
    ...(await service(machine)),
  ];
}

function configuration(read: ConfigResult, file: string | undefined): readonly Finding[] {
  if ('problems' in read) {
    const advice = `dapberry check${file === undefined ? '' : ` --config ${shellWord(file)}`}`;
    return read.problems.map(problem => fix('configuration', problemLine(problem), advice));
  }
  const { config, skipped } = read;
  const sensors = config.datasets.flatMap(sensorsOf).length;
  const what = `${counted(config.datasets.length, 'dataset')}, ${counted(sensors, 'sensor')}`;
  return [
    ok('configuration', `${originText(read)} (${what})`),
    ...skipped.map(sentence => note('configuration', sentence)),
  ];
}

/** The port of a wrong configuration is not known: the server is looked for at the usual one. */
async function runningInstead(machine: Machine, { port: number = DEFAULT_PORT, host }: ServiceOptions) {
  const running = await machine.serverAt(number, host);
  return running === undefined
    ? []
    : [...inUse(running), ...examineRunningCertificate(running), ...examineLinks(running)];
}

/** What a running server serves, if that is not what its files say. */
function inUse({ configuration: state }: AnsweringServer): readonly Finding[] {
  if (state === undefined) return [];
  const { problemsSince, failed } = state;
  const wrong =
    problemsSince === undefined
      ? []
      : [
          note(
            'running',
            `the configuration is wrong since ${secondsText(problemsSince)}, and ${inUseText(state)}`,
            'mend the file: the server takes it at once, without a restart',
          ),
        ];
  return [...wrong, ...failed.map(text => fix('running', text, 'the server tries again'))];
}

async function port(
  machine: Machine,
  server: Config['server'],
  options: ServiceOptions,
): Promise<readonly Finding[]> {
  const { port: number, host } = server;
  const text = serviceOptionsText(options);
  const origin = text === undefined ? '' : `, set by ${text}`;
  if (number === 0) return [ok('port', `any free one${origin}`)];
  const error = await machine.listenError(number, host);
  if (error === undefined) return [ok('port', `${number} is free${origin}`)];
  // A port below 1024 may be that of the service, which this user may ask but not open.
  const isAnswering = error === 'EADDRINUSE' || error === 'EACCES';
  const running = isAnswering ? await machine.serverAt(number, host) : undefined;
  if (running === undefined) return [closed(server, options, error)];
  return [
    ok('port', `${running.name} answers on ${number}${origin}`),
    ...inUse(running),
    ...examineRunningCertificate(running),
    ...announcement(running),
    ...examineLinks(running),
    ...examineRowTimes(running),
  ];
}

/** Whether other machines find the server by a list of services. */
function announcement({ announcement: found }: AnsweringServer): readonly Finding[] {
  if (found === undefined) return [];
  const { state, name = '', type = '', reason = '' } = found;
  if (state === 'announced')
    return [ok('announced', `as "${name}" (${type}): avahi-browse -rt ${type} lists it`)];
  const text = `not announced in the network: ${reason}`;
  return [
    state === 'absent'
      ? note('announced', text, 'sudo apt install avahi-daemon, to find the server without its address')
      : note('announced', text),
  ];
}

/** The finding for a port that cannot be opened. */
function closed({ port: number, host }: Config['server'], options: ServiceOptions, error: string): Finding {
  const subject = 'port';
  const portKey = options.port === undefined ? 'server.port' : '--port';
  const hostKey = options.host === undefined ? 'server.host' : '--host';
  if (error === 'EADDRINUSE') {
    return fix(
      subject,
      `${number} is in use by another program`,
      `find it with sudo ss -ltnp 'sport = :${number}' and stop it, or choose another port with ${portKey}`,
    );
  }
  if (error === 'EACCES') {
    return fix(
      subject,
      `${number} may not be opened by this user`,
      `choose a port above 1023 with ${portKey}`,
    );
  }
  if (error === 'EADDRNOTAVAIL' && host !== undefined) {
    return fix(
      subject,
      `${number} of ${host}: this machine does not have that address now, and dapberry waits for it`,
      `correct ${hostKey}, or leave it out to listen on every address`,
    );
  }
  return fix(
    subject,
    `${number} of ${host ?? 'every address'} cannot be opened (${error})`,
    `check ${hostKey}`,
  );
}

const PROPERTIES = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'WatchdogUSec', 'NRestarts'];

/** The properties of a unit in the order of `PROPERTIES`; undefined if systemd does not run. */
async function unit({ run }: Machine, name: string): Promise<readonly string[] | undefined> {
  const shown = await run('systemctl', ['show', name, `--property=${PROPERTIES.join(',')}`]);
  if (shown === undefined) return undefined;
  const states = new Map(shown.split('\n').map(line => line.split('=') as [string, string]));
  return PROPERTIES.map(property => states.get(property) ?? '');
}

async function service(machine: Machine): Promise<readonly Finding[]> {
  const shown = await unit(machine, 'dapberry.service');
  if (shown === undefined) return [note('service', 'systemd does not run here')];
  if (shown[0] !== 'loaded') return [note('service', 'not installed: dapberry runs only while you run it')];
  const [, active, , enabled] = shown;
  const isWanted = active !== 'inactive' || enabled === 'enabled';
  return [serviceState(shown), ...(isWanted ? await watching(machine) : [])];
}

function serviceState([, active = '', sub, enabled, watchdog = '', restarts]: readonly string[]): Finding {
  if (active === 'failed') {
    return fix(
      'service',
      'failed',
      // systemd does not start a unit that failed too often before reset-failed.
      'find the reason with journalctl -u dapberry -n 50; then sudo systemctl reset-failed dapberry && sudo systemctl start dapberry',
    );
  }
  const isWatched = watchdog !== '' && watchdog !== '0' && watchdog !== 'infinity';
  const text = [
    `${active} (${sub})`,
    enabled === 'enabled' ? 'starts with the machine' : 'does not start with the machine',
    // systemd knows the watchdog only while the service runs.
    ...(active === 'active' ? [isWatched ? `watched (${watchdog})` : 'not watched'] : []),
    ...(Number(restarts) > 0 ? [`restarted ${Number(restarts) === 1 ? 'once' : `${restarts} times`}`] : []),
  ].join(', ');
  const isUp = active === 'active' || active === 'activating' || active === 'reloading';
  if (!isUp || enabled !== 'enabled') return note('service', text, 'sudo systemctl enable --now dapberry');
  if (Number(restarts) > 0) return note('service', text, 'find the reason with journalctl -u dapberry');
  if (active === 'active' && !isWatched)
    return note(
      'service',
      text,
      'set WatchdogSec=30 in its unit, so that systemd restarts a server that hangs',
    );
  return ok('service', text);
}

/** A service that was installed by hand may lack this unit. */
async function watching(machine: Machine): Promise<readonly Finding[]> {
  const [load, active] = (await unit(machine, 'dapberry-devices.path')) ?? [];
  if (load !== 'loaded' || active === 'active') return [];
  return [
    fix(
      'devices',
      `dapberry-devices.path is ${active}: a sensor added to the configuration gets no access to its device`,
      'sudo systemctl enable --now dapberry-devices.path && sudo systemctl restart dapberry-devices',
    ),
  ];
}
