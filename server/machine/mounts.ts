// Finds the mount point that holds a folder, and a disk that should be mounted there and is not.

import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface MountTables {
  /** The text of /etc/fstab. */
  readonly fstab: string;
  /** The names of the units of systemd that an operator has written, such as `mnt-usb.mount`. */
  readonly units: readonly string[];
  /** The text of /proc/self/mountinfo. */
  readonly mountinfo: string;
}

/** The path of the kernel's table of mounts. */
export const MOUNTINFO = '/proc/self/mountinfo';

/** A file system at its place, as the kernel lists it. */
export interface Mount {
  /** Its mount point. */
  readonly place: string;
  /** Such as `/dev/mmcblk0p2`. */
  readonly device: string;
  /** The number of the device, such as `179:2`. */
  readonly number: string;
  /** Such as `ext4`. */
  readonly type: string;
  /** Those of the mount and those of the file system. */
  readonly options: readonly string[];
}

/** The mounts in the text of /proc/self/mountinfo (proc_pid_mountinfo(5)), a later one behind those that it hides. */
export function mountsIn(mountinfo: string): readonly Mount[] {
  return mountinfo.split('\n').flatMap(line => {
    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw
    const [mount = '', system = ''] = line.split(' - ');
    const [, , number = '', , place, own = ''] = mount.split(' ');
    const [type = '', device = '', options = ''] = system.split(' ');
    if (place === undefined) return [];
    return [
      {
        ...{ place: unescapedOctal(place), device: unescapedOctal(device), number, type },
        options: [...own.split(','), ...options.split(',')],
      },
    ];
  });
}

/** Folders in which desktops mount the disks that are plugged in. */
const REMOVABLE = ['/media', '/run/media'];

/** The tables of this machine; empty if there are none. */
export async function mountTables(): Promise<MountTables> {
  const text = (path: string) => readFile(path, 'utf8').catch(() => '');
  return {
    fstab: await text('/etc/fstab'),
    units: await readdir('/etc/systemd/system').catch(() => []),
    mountinfo: await text(MOUNTINFO),
  };
}

/** The mount point of the file system that holds a folder. */
export function mountPointOf(folder: string, tables: Pick<MountTables, 'mountinfo'>): string {
  return longest(mounted(tables).filter(point => isAtOrBelow(folder, point))) ?? '/';
}

/**
 * Where a disk should be mounted before anything is written to `folder`, and none is: a mount point of /etc/fstab or of a unit of
 * systemd, or a folder for disks that are plugged in. Undefined if the folder can be used.
 */
export function missingMount(folder: string, tables: MountTables): string | undefined {
  const now = mountPointOf(folder, tables);
  const expected = [...fstabPoints(tables.fstab), ...tables.units.flatMap(unitPoint)];
  const wanted = longest(expected.filter(point => isAtOrBelow(folder, point)));
  if (wanted !== undefined && isBelow(wanted, now)) return wanted;
  return REMOVABLE.find(place => isBelow(folder, place) && !isBelow(now, place));
}

/** Whether a path is within a folder, and not the folder itself. */
export function isBelow(path: string, folder: string): boolean {
  return path !== folder && path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** The path without symbolic links, also of a folder that does not exist yet. */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(await realPath(above), basename(path));
  }
}

export function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || isBelow(path, folder);
}

/** Mount points; that of an automounter counts once a disk is mounted there. */
function mounted({ mountinfo }: Pick<MountTables, 'mountinfo'>): readonly string[] {
  return mountsIn(mountinfo)
    .filter(({ type }) => type !== 'autofs')
    .map(({ place }) => place);
}

function fstabPoints(fstab: string): readonly string[] {
  return fstab.split('\n').flatMap(line => {
    const [device = '#', point] = line.trim().split(/\s+/);
    const isComment = device.startsWith('#');
    return isComment || !point?.startsWith('/') ? [] : [trimmed(unescapedOctal(point))];
  });
}

/** `mnt-usb\x20disk.mount` is the unit of `/mnt/usb disk` (systemd-escape(1)). */
function unitPoint(unit: string): readonly string[] {
  const [, name] = /^(.+)\.mount$/.exec(unit) ?? [];
  if (name === undefined || name === '-') return [];
  const path = name
    .replaceAll('-', '/')
    .replace(/\\x([0-9a-f]{2})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return [`/${path}`];
}

function unescapedOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function longest(paths: readonly string[]): string | undefined {
  return [...paths].sort((one, other) => other.length - one.length)[0];
}
