// Which machines are the guests? What QEMU is told of each, and where its images are.

import { join } from 'node:path';

/** Those with a whole Debian: version 12 on a PC, 13 on a PC and on ARM of 64 and 32 bit. */
export const WHOLE = ['pc', 'pc-trixie', 'arm64-trixie', 'armhf-trixie'] as const;
export type WholeName = (typeof WHOLE)[number];
export type MachineName = WholeName | 'pi';

/** What Debian calls the architecture. */
export const ARCHITECTURE_OF: Readonly<Record<WholeName, string>> = {
  pc: 'amd64',
  'pc-trixie': 'amd64',
  'arm64-trixie': 'arm64',
  'armhf-trixie': 'armhf',
};

export interface MachineOptions {
  /** The folder of the cache. */
  readonly cache: string;
  /** The folder of this boot: sockets, console. */
  readonly run: string;
  /** Folders that the guest sees read-only, by their names there; not the Pi. */
  readonly shares: Readonly<Record<string, string>>;
  /** The disk that the guest writes to, where it has one. */
  readonly disk: string | undefined;
  /** What the hardware clock says at the start; undefined = the time of this machine. */
  readonly clock: string | undefined;
  /** Options of QEMU's user network, such as `hostfwd=...`. */
  readonly network: string;
  /** What the initramfs is; the image's own unless something was appended. */
  readonly initramfs: string;
}

export interface Machine {
  /** The file that the initramfs is, in the cache. */
  readonly initramfs: string;
  /** The name of the program. */
  readonly program: string;
  /** Whether what it writes goes to a disk. */
  readonly hasDisk: boolean;
  options(options: MachineOptions): readonly string[];
}

/** Of no use to a machine that nobody looks at; each takes an emulated processor a second or more. */
const UNUSED = [
  ...['drm', 'efi_pstore', 'loop', 'dm_mod', 'fuse'].map(name => `modprobe@${name}.service`),
  ...['sys-kernel-debug.mount', 'sys-kernel-tracing.mount', 'sys-fs-fuse-connections.mount'],
  ...['systemd-update-utmp.service', 'systemd-update-utmp-runlevel.service'],
];

/** A machine with a whole system: which program emulates it, what that is told of the board, and its serial line. */
interface Board {
  readonly program: string;
  readonly board: readonly string[];
  readonly console: string;
}

const PC: Board = {
  program: 'qemu-system-x86_64',
  board: ['-M', 'q35,smbus=off', '-cpu', 'max', '-smp', '1', '-m', '1024', '-nodefaults'],
  console: 'ttyS0',
};

/** A board that QEMU alone has, with the processor of the Raspberry Pi 3. */
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

/** A Debian of its own in the folder `name` of the cache, with systemd. */
function whole(name: WholeName, { program, board, console }: Board): Machine {
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

/** The address on the bus is that of a TMP105, whose temperature is set from outside. */
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
  pc: whole('pc', PC),
  'pc-trixie': whole('pc-trixie', PC),
  'arm64-trixie': whole('arm64-trixie', ARM64),
  'armhf-trixie': whole('armhf-trixie', ARM32),
  pi,
};

/** The program that runs a machine, as the cache has it, with what it needs to find its own files. */
export function emulator(cache: string, { program }: Machine) {
  const usr = join(cache, 'qemu/usr');
  return {
    command: join(usr, 'bin', program),
    environment: { QEMU_MODULE_DIR: join(usr, 'lib/x86_64-linux-gnu/qemu') },
    options: ['-L', join(usr, 'share/qemu'), '-L', join(usr, 'share/seabios')],
  };
}
