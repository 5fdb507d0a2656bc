// Examines the board, the kernel, Node, the power supply, the clock, the file system, the disk and the memory.

import { satisfies } from 'semver';
import { throttledFile } from '../../../device/index.ts';
import { fileSystemOf, isReadOnly } from '../../machine/file-system.ts';
import { textOf } from '../../machine/kernel-devices.ts';
import { MOUNTINFO } from '../../machine/mounts.ts';
import { isKernelSynchronized, isMarkedSynchronized } from '../../machine/synchronized.ts';
import { counted, sizeText } from '../../text/terminal-text.ts';
import { NODE_VERSIONS } from '../../version.ts';
import { type DoctorContext, type Finding, fix, note, ok } from './finding.ts';

/** Bytes. With less, the system itself fails. */
export const LEAST_SPACE = 200 * 1024 ** 2;
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
  return note('board', `${found}: what concerns only a Pi is not examined`);
}

async function kernel({ machine: { files, platform } }: DoctorContext): Promise<Finding> {
  const release = await textOf(files, '/proc/sys/kernel/osrelease');
  if (release !== '') return ok('kernel', `Linux ${release}`);
  return note(
    'kernel',
    `no Linux (${platform})`,
    'sensors can only be read on Linux; dapberry serve --simulate serves simulated ones',
  );
}

async function distribution({ machine: { files } }: DoctorContext): Promise<Finding> {
  const release = await textOf(files, '/etc/os-release');
  const [, name] = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(release) ?? [];
  return name === undefined ? note('system', 'unknown: /etc/os-release does not exist') : ok('system', name);
}

function node({ machine: { nodeVersion } }: DoctorContext): Finding {
  if (satisfies(nodeVersion, NODE_VERSIONS)) return ok('Node', nodeVersion);
  return fix('Node', `${nodeVersion}, expected ${NODE_VERSIONS}`, 'install one of these versions of Node');
}

/** The bits of the firmware's get_throttled; 16 above each is the same since the start. */
const THROTTLED: readonly (readonly [bit: number, meaning: string])[] = [
  [0, 'under-voltage'],
  [1, 'processor frequency capped'],
  [2, 'throttling'],
  [3, 'too hot'],
];

const SUPPLY = 'use a supply and a cable that hold 5 V under load';
const COOLING = 'add a heat sink or a fan';

const NO_PAST = '; this kernel does not report the past';

/** Empty if the machine does not monitor its supply. */
async function power({ machine: { files } }: DoctorContext): Promise<readonly Finding[]> {
  const flags = await throttledFile(files);
  const word = flags === undefined ? '' : await textOf(files, flags);
  if (/^(0x)?[0-9a-f]+$/i.test(word)) return [throttled(Number.parseInt(word, 16))];
  for (const monitor of await files.list('/sys/class/hwmon')) {
    const folder = `/sys/class/hwmon/${monitor}`;
    if ((await textOf(files, `${folder}/name`)) !== 'rpi_volt') continue;
    const alarm = await textOf(files, `${folder}/in0_lcrit_alarm`);
    // The driver clears an alarm that is over.
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
  const state = (await isMarkedSynchronized(machine)) ? 'yes' : await isKernelSynchronized(machine);
  if (state === 'yes') return ok('clock', 'synchronised');
  if (state === 'unknown') return note('clock', 'unknown whether it is synchronised');
  const advice = 'run sudo timedatectl set-ntp true, and check that a time server can be reached';
  return fix('clock', 'not synchronised: the times of rows may be wrong', advice);
}

async function rootFileSystem({ machine: { files }, board: { isPi } }: DoctorContext): Promise<Finding> {
  const root = await fileSystemOf({ files }, '/');
  if (root === undefined) return note('root file system', `unknown: ${MOUNTINFO} does not list it`);
  const { type } = root;
  if (!root.isReadOnly) {
    const isLost = OVERLAYS.includes(type) || IN_MEMORY.includes(type);
    return isLost ? lostAtRestart(type, isPi) : ok('root file system', 'writable');
  }
  const [, , , options = ''] = rootIn(await textOf(files, '/etc/fstab')) ?? [];
  if (isReadOnly(options.split(','))) return ok('root file system', 'read-only, as /etc/fstab says');
  const advice =
    'the kernel makes it read-only after an error: see dmesg, back up the card, and check or replace it';
  return fix('root file system', 'read-only, although /etc/fstab does not say so', advice);
}

/** Types of overlay file systems, such as raspi-config's, and of file systems in memory. */
const OVERLAYS = ['overlay', 'overlayfs', 'aufs', 'unionfs'];
const IN_MEMORY = ['tmpfs', 'ramfs', 'rootfs'];

function lostAtRestart(type: string, isPi: boolean): Finding {
  const where = IN_MEMORY.includes(type) ? `in memory (${type})` : `an ${type} file system`;
  const text = `${where}: files such as the configuration or the output of pull may be lost at a restart`;
  const advice = 'before you write files to keep, run sudo raspi-config nonint do_overlayfs 1 and restart';
  return note('root file system', text, isPi ? advice : undefined);
}

/** The fields of the line of /etc/fstab for `/`. */
function rootIn(table: string): readonly string[] | undefined {
  const lines = table.split('\n').filter(line => !line.startsWith('#'));
  return lines.map(line => line.trim().split(/\s+/)).findLast(([, place]) => place === '/');
}

async function space({ machine: { freeSpace } }: DoctorContext): Promise<Finding> {
  const free = await freeSpace('/');
  if (free === undefined) return note('disk', 'free space unknown');
  if (free >= LEAST_SPACE) return ok('disk', `${sizeText(free)} free`);
  return fix('disk', `${sizeText(free)} free`, 'sudo apt clean, sudo journalctl --vacuum-size=50M');
}

async function memory({ machine, config }: DoctorContext): Promise<Finding> {
  const { files } = machine;
  const [, kilobytes] = /^MemAvailable:\s*(\d+) kB$/m.exec(await textOf(files, '/proc/meminfo')) ?? [];
  if (kilobytes === undefined) return note('memory', 'unknown: /proc/meminfo does not list it');
  const free = 1024 * Number(kilobytes);
  const logs = (config?.datasets ?? [])
    .filter(({ source }) => source.delivery.kind !== 'on-demand')
    .map(({ log }) => log.bytes);
  const most = logs.reduce((sum, bytes) => sum + bytes, 0);
  const text = `${sizeText(free)} free`;
  if (free < LEAST_MEMORY) return fix('memory', text, 'stop other programs');
  if (free >= most) return ok('memory', text);
  // What the logs of a running server have taken is not free any more, and they do not take it again.
  const running = config && (await machine.serverAt(config.server.port, config.server.host));
  if (free >= most - (running?.logBytes ?? 0)) return ok('memory', text);
  const wants = `${text}, and ${counted(logs.length, 'log')} may grow to ${sizeText(most)}`;
  return fix('memory', wants, 'lower log.bytes of the datasets');
}
