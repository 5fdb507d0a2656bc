// Examines the system: board, kernel, Node, power, clock, file system, space and memory.

import { satisfies } from 'semver';
import { throttledFile } from '../../../device/index.ts';
import { textOf } from '../../machine/kernel-devices.ts';
import { isKernelSynchronized, isMarkedSynchronized } from '../../machine/synchronized.ts';
import { counted, sizeText } from '../../text/terminal-text.ts';
import { NODE_VERSIONS } from '../../version.ts';
import { type DoctorContext, type Finding, fix, note, ok } from './finding.ts';

/** Below these the system itself gets into trouble. Bytes. */
const LEAST_SPACE = 200 * 1024 ** 2;
const LEAST_MEMORY = 50 * 1024 ** 2;

export async function examineSystem(context: DoctorContext): Promise<readonly Finding[]> {
  return [
    board(context),
    await kernel(context),
    await distribution(context),
    node(context),
    ...(await power(context)),
    await clock(context),
    await rootFileSystem(context),
    await space(context),
    await memory(context),
  ];
}

function board({ board: { model, isPi } }: DoctorContext): Finding {
  if (isPi) return ok('board', model);
  const found = model === '' ? 'no Raspberry Pi' : `${model}, which is no Raspberry Pi`;
  return note('board', `${found}: only what matters here is judged`);
}

async function kernel({ machine: { files, platform } }: DoctorContext): Promise<Finding> {
  const release = await textOf(files, '/proc/sys/kernel/osrelease');
  if (release !== '') return ok('kernel', `Linux ${release}`);
  return note(
    'kernel',
    `no Linux (${platform})`,
    'its sensors cannot be read: dapberry serve --simulate has simulated ones',
  );
}

async function distribution({ machine: { files } }: DoctorContext): Promise<Finding> {
  const release = await textOf(files, '/etc/os-release');
  const [, name] = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(release) ?? [];
  return name === undefined ? note('system', 'unknown: there is no /etc/os-release') : ok('system', name);
}

function node({ machine: { nodeVersion } }: DoctorContext): Finding {
  if (satisfies(nodeVersion, NODE_VERSIONS)) return ok('Node', nodeVersion);
  return fix('Node', `${nodeVersion}, expected ${NODE_VERSIONS}`, 'install a Node of these versions');
}

/** The bits of the firmware's get_throttled; 16 above each is the same since the start. */
const THROTTLED: readonly (readonly [bit: number, meaning: string])[] = [
  [0, 'under-voltage'],
  [1, 'a processor slowed down'],
  [2, 'throttling'],
  [3, 'too hot'],
];

const SUPPLY = 'use a supply and a cable that hold 5 V under load';
const COOLING = 'cool it: a heat sink, a fan, air around it';

const NO_PAST = '; this kernel does not tell whether it was so before';

/** Nothing to say where the machine does not watch its supply. */
async function power({ machine: { files } }: DoctorContext): Promise<readonly Finding[]> {
  const flags = await throttledFile(files);
  const word = flags === undefined ? '' : await textOf(files, flags);
  if (/^(0x)?[0-9a-f]+$/i.test(word)) return [throttled(Number.parseInt(word, 16))];
  for (const monitor of await files.list('/sys/class/hwmon')) {
    const folder = `/sys/class/hwmon/${monitor}`;
    if ((await textOf(files, `${folder}/name`)) !== 'rpi_volt') continue;
    const alarm = await textOf(files, `${folder}/in0_lcrit_alarm`);
    // Its driver forgets an alarm that is over.
    if (alarm === '1') return [fix('power', `now under-voltage${NO_PAST}`, SUPPLY)];
    return [ok('power', `now no under-voltage${NO_PAST}`)];
  }
  return [];
}

function throttled(word: number): Finding {
  const meant = (shift: number) =>
    THROTTLED.filter(([bit]) => word & (1 << (bit + shift))).map(([, meaning]) => meaning);
  const [now, before] = [meant(0), meant(16)];
  const text = [
    ...(now.length === 0 ? [] : [`now ${now.join(', ')}`]),
    ...(before.length === 0 ? [] : [`since the start ${before.join(', ')}`]),
  ].join('; ');
  if (text === '') return ok('power', 'no under-voltage and no throttling since the start');
  const weak = [...now, ...before].includes('under-voltage');
  if (weak) return fix('power', text, SUPPLY);
  return now.length > 0 ? fix('power', text, COOLING) : note('power', text, COOLING);
}

async function clock({ machine }: DoctorContext): Promise<Finding> {
  const told = (await isMarkedSynchronized(machine)) ? 'yes' : await isKernelSynchronized(machine);
  if (told === 'yes') return ok('clock', 'synchronised');
  if (told === 'unknown') return note('clock', 'nobody here knows whether it is synchronised');
  const advice = 'sudo timedatectl set-ntp true, and see that the network and a time server can be reached';
  return fix('clock', 'not synchronised: the times of rows may be wrong', advice);
}

async function rootFileSystem({ machine: { files }, board: { isPi } }: DoctorContext): Promise<Finding> {
  const mounts = await textOf(files, '/proc/mounts');
  const root = rootIn(mounts);
  if (root === undefined) return note('root file system', 'unknown: /proc/mounts does not have it');
  const [, , type = '', options = ''] = root;
  if (!isReadOnly(options)) {
    const isLost = OVERLAYS.includes(type) || IN_MEMORY.includes(type);
    return isLost ? lostAtRestart(type, isPi) : ok('root file system', 'can be written');
  }
  if (isReadOnly(rootIn(await textOf(files, '/etc/fstab'))?.[3] ?? ''))
    return ok('root file system', 'read-only, as /etc/fstab wants it');
  const advice = 'the kernel does that after an error: see dmesg, back the card up, and check or replace it';
  return fix('root file system', 'read-only, though /etc/fstab does not want that', advice);
}

/** Types of file systems that put what is written over something else, as raspi-config's overlay does, and of those in memory. */
const OVERLAYS = ['overlay', 'overlayfs', 'aufs', 'unionfs'];
const IN_MEMORY = ['tmpfs', 'ramfs', 'rootfs'];

function lostAtRestart(type: string, isPi: boolean): Finding {
  const where = IN_MEMORY.includes(type) ? `in memory (${type})` : `an ${type} file system`;
  const text = `${where}: what is written, such as a configuration or what pull keeps, may be gone after a restart`;
  const advice = 'sudo raspi-config nonint do_overlayfs 1, then restart, before anything that is to stay';
  return note('root file system', text, isPi ? advice : undefined);
}

/** The fields of the line of `/`: what is mounted last at a place lies on top. */
function rootIn(table: string): readonly string[] | undefined {
  const lines = table.split('\n').filter(line => !line.startsWith('#'));
  return lines.map(line => line.trim().split(/\s+/)).findLast(([, place]) => place === '/');
}

function isReadOnly(options: string): boolean {
  return options.split(',').includes('ro');
}

async function space({ machine: { freeSpace } }: DoctorContext): Promise<Finding> {
  const free = await freeSpace('/');
  if (free === undefined) return note('disk', 'unknown');
  if (free >= LEAST_SPACE) return ok('disk', `${sizeText(free)} free`);
  return fix('disk', `${sizeText(free)} free`, 'sudo apt clean, sudo journalctl --vacuum-size=50M');
}

async function memory({ machine: { files }, config }: DoctorContext): Promise<Finding> {
  const [, kilobytes] = /^MemAvailable:\s*(\d+) kB$/m.exec(await textOf(files, '/proc/meminfo')) ?? [];
  if (kilobytes === undefined) return note('memory', 'unknown: /proc/meminfo does not have it');
  const free = 1024 * Number(kilobytes);
  const logs = (config?.datasets ?? []).filter(({ interval }) => interval > 0).map(({ log }) => log.bytes);
  const most = logs.reduce((sum, bytes) => sum + bytes, 0);
  const text = `${sizeText(free)} free`;
  if (free < LEAST_MEMORY) return fix('memory', text, 'end other programs');
  if (free >= most) return ok('memory', text);
  const wants = `${text}, and ${counted(logs.length, 'log')} may grow to ${sizeText(most)}`;
  return fix('memory', wants, 'lower log.bytes of the datasets');
}
