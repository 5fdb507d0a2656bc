// Can it serve? The configuration, the port and the service.

import type { Config } from '../config/config.ts';
import { problemLine } from '../config/problem.ts';
import { type ConfigRead, originText } from '../config/read.ts';
import type { Machine } from '../machine/machine.ts';
import { counted } from '../terminal-text.ts';
import { type Finding, fix, note, ok } from './finding.ts';

export async function examineService(machine: Machine, read: ConfigRead): Promise<readonly Finding[]> {
  const config = 'config' in read ? read.config : undefined;
  return [
    ...configuration(read),
    ...(config === undefined ? [] : [await port(machine, config.server)]),
    await service(machine),
  ];
}

function configuration(read: ConfigRead): readonly Finding[] {
  if ('problems' in read) {
    return read.problems.map(problem => fix('configuration', problemLine(problem), 'dapberry check'));
  }
  const { config, left } = read;
  const sensors = config.datasets.reduce((sum, dataset) => sum + dataset.sensors.length, 0);
  const what = `${counted(config.datasets.length, 'dataset')}, ${counted(sensors, 'sensor')}`;
  return [
    ok('configuration', `${originText(read)} (${what})`),
    ...left.map(sentence => note('configuration', sentence)),
  ];
}

async function port(machine: Machine, { port: number, host }: Config['server']): Promise<Finding> {
  const subject = 'port';
  if (number === 0) return ok(subject, 'any free one');
  const error = await machine.listenError(number, host);
  if (error === undefined) return ok(subject, `${number} is free`);
  if (error === 'EADDRINUSE') {
    const server = await machine.serverAt(number, host);
    if (server !== undefined) return ok(subject, `${server} answers on ${number}`);
    return fix(
      subject,
      `${number} is in use by another program`,
      `sudo ss -ltnp 'sport = :${number}' tells by which; end it, or choose another port: server.port`,
    );
  }
  if (error === 'EACCES') {
    return fix(subject, `${number} may not be opened by this user`, 'choose one above 1023: server.port');
  }
  if (error === 'EADDRNOTAVAIL' && host !== undefined) {
    return fix(
      subject,
      `${number} of ${host}, which is no address of this machine now: dapberry waits for it`,
      'look at server.host, or leave it out for every address',
    );
  }
  return fix(
    subject,
    `${number} of ${host ?? 'every address'} cannot be opened (${error})`,
    'look at server.host',
  );
}

const PROPERTIES = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'WatchdogUSec', 'NRestarts'];

async function service({ run }: Machine): Promise<Finding> {
  const shown = await run('systemctl', ['show', 'dapberry.service', `--property=${PROPERTIES.join(',')}`]);
  if (shown === undefined) return note('service', 'systemd does not run here');
  const states = new Map(shown.split('\n').map(line => line.split('=') as [string, string]));
  const [load, active, sub, enabled, watchdog, restarts] = PROPERTIES.map(
    property => states.get(property) ?? '',
  );
  if (load !== 'loaded') return note('service', 'not installed: dapberry runs when you start it');
  if (active === 'failed') {
    return fix(
      'service',
      'failed',
      'journalctl -u dapberry -n 50 tells why; then sudo systemctl restart dapberry',
    );
  }
  const isWatched = watchdog !== '' && watchdog !== '0' && watchdog !== 'infinity';
  const text = [
    `${active} (${sub})`,
    enabled === 'enabled' ? 'starts with the machine' : 'does not start with the machine',
    // Systemd knows of a watchdog only once the service has begun.
    ...(active === 'active' ? [isWatched ? `watched (${watchdog})` : 'not watched'] : []),
    ...(Number(restarts) > 0
      ? [`started again ${Number(restarts) === 1 ? 'once' : `${restarts} times`}`]
      : []),
  ].join(', ');
  if (active !== 'active' || enabled !== 'enabled')
    return note('service', text, 'sudo systemctl enable --now dapberry');
  if (Number(restarts) > 0) return note('service', text, 'journalctl -u dapberry tells why');
  if (!isWatched) return note('service', text, 'a server that hangs stays so: WatchdogSec=30 in its unit');
  return ok('service', text);
}
