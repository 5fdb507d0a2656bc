// Lists the machines of the guests, with the options of QEMU and the images of each.

import { join } from 'node:path';

/** The guests with a whole Debian: version 12 on a PC, 13 on a PC and on ARM of 64 and 32 bit. */
export const DEBIAN_GUESTS = ['pc', 'pc-trixie', 'arm64-trixie', 'armhf-trixie'] as const;
export type DebianGuestName = (typeof DEBIAN_GUESTS)[number];
export type MachineName = DebianGuestName | 'pi';

/** Debian's names of the architectures. */
export const ARCHITECTURE_OF: Readonly<Record<DebianGuestName, string>> = {
  pc: 'amd64',
  'pc-trixie': 'amd64',
  'arm64-trixie': 'arm64',
  'armhf-trixie': 'armhf',
};

export interface MachineOptions {
  /** The folder of the cache. */
  readonly cache: string;
  /** The folder with the sockets and the console of this boot. */
  readonly run: string;
  /** Folders of this machine that the guest mounts read-only, by their names there; the Pi mounts none. */
  readonly shares: Readonly<Record<string, string>>;
  /** The disk that the guest writes to; undefined if it has none. */
  readonly disk: string | undefined;
  /** The time of the hardware clock at the start; undefined = the time of this machine. */
  readonly clock: string | undefined;
  /** Options of QEMU's user network, such as `hostfwd=...`. */
  readonly network: string;
  /** The file of the initramfs: that of the image, or a copy with files appended. */
  readonly initramfs: string;
}

export interface Machine {
  /** The file of the initramfs in the cache. */
  readonly initramfs: string;
  /** The name of the emulator. */
  readonly program: string;
  /** Whether the machine writes to a disk. */
  readonly hasDisk: boolean;
  options(options: MachineOptions): readonly string[];
}

/** Units that a machine without a screen does not need; each takes an emulated processor a second or more. */
const UNUSED = [
  ...['drm', 'efi_pstore', 'loop', 'dm_mod', 'fuse'].map(name => `modprobe@${name}.service`),
  ...['sys-kernel-debug.mount', 'sys-kernel-tracing.mount', 'sys-fs-fuse-connections.mount'],
  ...['systemd-update-utmp.service', 'systemd-update-utmp-runlevel.service'],
];

/** The board of a guest with a whole Debian: its emulator, the options of the board, and its serial line. */
interface Board {
  readonly program: string;
  readonly board: readonly string[];
  readonly console: string;
}

const PC: Board = {
  program: 'qemu-system-x86_64',
  board: ['-M', 'q35,smbus=off', '-cpu', 'max', '-smp', '2', '-m', '1024', '-nodefaults'],
  console: 'ttyS0',
};

/** QEMU's own board, with the processor of the Raspberry Pi 3. */
const ARM64: Board = {
  program: 'qemu-system-aarch64',
  board: ['-M', 'virt', '-cpu', 'cortex-a53', '-smp', '1', '-m', '1024', '-nodefaults'],
  console: 'ttyAMA0',
};

/** The same in 32 bit, ARMv7, with the processor of the Raspberry Pi 2. */
const ARM32: Board = {
  program: 'qemu-system-arm',
  board: ['-M', 'virt,highmem=off', '-cpu', 'cortex-a7', '-smp', '1', '-m', '1024', '-nodefaults'],
  console: 'ttyAMA0',
};

/** A machine whose Debian is in the folder `name` of the cache. */
function debian(name: DebianGuestName, { program, board, console }: Board): Machine {
  return {
    initramfs: `${name}/initramfs`,
    program,
    hasDisk: true,
    options: ({ cache, run, shares, disk, clock, network, initramfs }) => [
      ...board,
      ...['-accel', 'tcg,thread=multi'],
      ...['-kernel', join(cache, name, 'vmlinuz'), '-initrd', initramfs],
      '-append',
      [
        `console=${console} quiet loglevel=4 panic=-1 no_timer_check net.ifnames=0`,
        `shares=${Object.keys(shares).join(',')}`,
        'systemd.wants=appliance-agent.service systemd.wants=systemd-networkd.service',
        'systemd.show_status=1 systemd.log_color=0',
        ...UNUSED.map(unit => `systemd.mask=${unit}`),
      ].join(' '),
      ...['-serial', `file:${join(run, 'console')}`],
      ...['-device', 'virtio-serial-pci', '-device', 'virtconsole,chardev=agent'],
      ...Object.entries({
        system: join(cache, name, 'system'),
        modules: join(cache, `kernel-${ARCHITECTURE_OF[name]}/lib/modules`),
        ...shares,
      }).flatMap(([tag, path]) => [
        '-virtfs',
        `local,path=${path},mount_tag=${tag},security_model=none,multidevs=remap,readonly=on`,
      ]),
      ...(disk === undefined
        ? []
        : ['-drive', `file=${disk},format=raw,if=none,id=disk`, '-device', 'virtio-blk-pci,drive=disk']),
      ...(clock === undefined ? [] : ['-rtc', `base=${clock}`]),
      ...['-netdev', `user,id=net,${network}`, '-device', 'virtio-net-pci,netdev=net,romfile='],
    ],
  };
}

/** The chip at 0x48 is a TMP105, whose temperature is set from outside. */
const pi: Machine = {
  initramfs: 'pi/initramfs',
  program: 'qemu-system-aarch64',
  hasDisk: false,
  options: ({ cache, network, initramfs }) => [
    ...['-M', 'raspi3b', '-accel', 'tcg,thread=multi'],
    ...['-kernel', join(cache, 'pi/vmlinuz'), '-dtb', join(cache, 'pi/board.dtb'), '-initrd', initramfs],
    ...['-append', 'console=ttyS1,115200 rdinit=/init panic=-1 quiet loglevel=2'],
    ...['-serial', 'null', '-serial', 'chardev:agent'],
    ...['-device', 'tmp105,id=thermometer,bus=i2c-bus.1,address=0x48'],
    ...['-netdev', `user,id=net,${network}`, '-device', 'usb-net,netdev=net'],
  ],
};

export const MACHINES: Readonly<Record<MachineName, Machine>> = {
  pc: debian('pc', PC),
  'pc-trixie': debian('pc-trixie', PC),
  'arm64-trixie': debian('arm64-trixie', ARM64),
  'armhf-trixie': debian('armhf-trixie', ARM32),
  pi,
};

/** The emulator of a machine in the cache, with the environment and options by which it finds its own files. */
export function emulator(cache: string, { program }: Machine) {
  const usr = join(cache, 'qemu/usr');
  return {
    command: join(usr, 'bin', program),
    environment: { QEMU_MODULE_DIR: join(usr, 'lib/x86_64-linux-gnu/qemu') },
    options: ['-L', join(usr, 'share/qemu'), '-L', join(usr, 'share/seabios')],
  };
}
