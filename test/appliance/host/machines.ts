// Which machines are the guests? What QEMU is told of each, and where its images are.

import { join } from 'node:path';

export type MachineName = 'pc' | 'pi';

export interface MachineOptions {
  /** The folder of the cache. */
  readonly cache: string;
  /** The folder of this boot: sockets, console. */
  readonly run: string;
  /** Folders that the guest sees read-only, by their names there; the PC only. */
  readonly shares: Readonly<Record<string, string>>;
  /** The disk that the guest writes to; the PC only. */
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
  options(options: MachineOptions): readonly string[];
}

/** Of no use to a machine that nobody looks at; each takes an emulated processor a second or more. */
const UNUSED = [
  ...['drm', 'efi_pstore', 'loop', 'dm_mod', 'fuse'].map(name => `modprobe@${name}.service`),
  ...['sys-kernel-debug.mount', 'sys-kernel-tracing.mount', 'sys-fs-fuse-connections.mount'],
  ...['systemd-update-utmp.service', 'systemd-update-utmp-runlevel.service'],
];

const pc: Machine = {
  initramfs: 'pc/initramfs',
  program: 'qemu-system-x86_64',
  options: ({ cache, run, shares, disk, clock, network, initramfs }) => [
    ...['-M', 'q35,smbus=off', '-cpu', 'max', '-smp', '1', '-m', '1024', '-nodefaults'],
    ...['-accel', 'tcg,thread=multi'],
    ...['-kernel', join(cache, 'pc/vmlinuz'), '-initrd', initramfs],
    '-append',
    [
      'console=ttyS0 quiet loglevel=4 panic=-1 no_timer_check net.ifnames=0',
      `shares=${Object.keys(shares).join(',')}`,
      'systemd.wants=appliance-agent.service systemd.wants=systemd-networkd.service',
      'systemd.show_status=1 systemd.log_color=0',
      ...UNUSED.map(unit => `systemd.mask=${unit}`),
    ].join(' '),
    ...['-serial', `file:${join(run, 'console')}`],
    ...['-device', 'virtio-serial-pci', '-device', 'virtconsole,chardev=agent'],
    ...Object.entries({
      system: join(cache, 'pc/system'),
      modules: join(cache, 'kernel-amd64/lib/modules'),
      ...shares,
    }).flatMap(([name, path]) => [
      '-virtfs',
      `local,path=${path},mount_tag=${name},security_model=none,multidevs=remap,readonly=on`,
    ]),
    ...(disk === undefined ? [] : ['-drive', `file=${disk},format=raw,if=virtio`]),
    ...(clock === undefined ? [] : ['-rtc', `base=${clock}`]),
    ...['-netdev', `user,id=net,${network}`, '-device', 'virtio-net-pci,netdev=net,romfile='],
  ],
};

/** The address on the bus is that of a TMP105, whose temperature is set from outside. */
const pi: Machine = {
  initramfs: 'pi/initramfs',
  program: 'qemu-system-aarch64',
  options: ({ cache, network, initramfs }) => [
    ...['-M', 'raspi3b', '-accel', 'tcg,thread=multi'],
    ...['-kernel', join(cache, 'pi/vmlinuz'), '-dtb', join(cache, 'pi/board.dtb'), '-initrd', initramfs],
    ...['-append', 'console=ttyS1,115200 rdinit=/init panic=-1 quiet loglevel=2'],
    ...['-serial', 'null', '-serial', 'chardev:agent'],
    ...['-device', 'tmp105,id=thermometer,bus=i2c-bus.1,address=0x48'],
    ...['-netdev', `user,id=net,${network}`, '-device', 'usb-net,netdev=net'],
  ],
};

export const MACHINES: Readonly<Record<MachineName, Machine>> = { pc, pi };

/** The program that runs a machine, as the cache has it, with what it needs to find its own files. */
export function emulator(cache: string, { program }: Machine) {
  const usr = join(cache, 'qemu/usr');
  return {
    command: join(usr, 'bin', program),
    environment: { QEMU_MODULE_DIR: join(usr, 'lib/x86_64-linux-gnu/qemu') },
    options: ['-L', join(usr, 'share/qemu'), '-L', join(usr, 'share/seabios')],
  };
}
