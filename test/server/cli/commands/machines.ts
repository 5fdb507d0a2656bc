// Runs the program in this process on a machine of its own: a tree of files that a test may change.

import { join } from 'node:path';
import { type SimulatedI2c, simulatedI2c } from '../../../../device/host/i2c/i2c-simulated.ts';
import { oneWire } from '../../../../device/host/one-wire.ts';
import { runProgram } from '../../../../server/cli/commands/program.ts';
import { fileInfo } from '../../../../server/machine/file-info.ts';
import type { Machine } from '../../../../server/machine/machine.ts';
import { hostOf } from '../../../device/known-sensors.ts';
import { type KernelTree, kernelTree, netDev, stat } from '../../../device/sensors/kernel-tree.ts';

/** The text of /proc/self/mountinfo with these mounts: device, place, type and options of each. */
export function mountinfo(...mounts: readonly string[]): string {
  const lines = mounts.map(mount => {
    const [device, place, type, options] = mount.split(' ');
    return `22 1 179:2 / ${place} ${options} shared:1 - ${type} ${device} rw\n`;
  });
  return lines.join('');
}

export interface TestMachine {
  readonly tree: KernelTree;
  /** Runs `dapberry ARGS`. */
  dapberry(...args: string[]): Promise<{ code: number | undefined; out: string; err: string }>;
}

const GIB = 1024 ** 3;
/** The number of the user of the service and of its group, who own the files. */
const SERVICE_USER = 991;

/** A machine that has only these files and these buses; what else it answers is a healthy machine's, but for `parts`. */
export async function machineWith(
  texts: Readonly<Record<string, string>>,
  parts: Partial<Machine> = {},
  i2c: readonly SimulatedI2c[] = [],
): Promise<TestMachine> {
  const tree = await kernelTree(texts);
  const { files, root } = tree;
  const machine: Machine = {
    files,
    host: seed => {
      const host = hostOf({ files, seed });
      const { clock, buses } = host;
      const { serial } = buses;
      return {
        ...host,
        i2c: simulatedI2c(i2c, { clock, serial }),
        oneWire: oneWire({ files, serial, clock }),
      };
    },
    configuration: { usual: join(root, 'etc/dapberry/config.yaml'), environment: {} },
    platform: 'linux',
    nodeVersion: '20.19.0',
    installation: { kind: 'checkout', node: '20.19.0' },
    addresses: ['192.0.2.17'],
    run: async () => undefined,
    hasModule: async () => true,
    mayWrite: async () => true,
    fileInfo: async path => {
      const info = await fileInfo(join(root, path));
      return info && { ...info, user: SERVICE_USER, group: SERVICE_USER };
    },
    freeSpace: async () => 20 * GIB,
    listenError: async () => undefined,
    serverAt: async () => undefined,
    ...parts,
  };
  return {
    tree,
    dapberry: async (...args) => {
      let out = '';
      let err = '';
      const surroundings = {
        machine,
        print: (text: string) => {
          out += text;
        },
        printData: (text: string) => {
          out += text;
        },
        tell: {
          line: (text: string) => {
            err += `${text}\n`;
          },
          progress: () => undefined,
          isTerminal: false,
        },
        styled: (_style: string, text: string) => text,
        webRoot: root,
      };
      const code = await runProgram(args, surroundings, text => {
        err += text;
      });
      // Where the tree lies is another place each time.
      return { code, out: out.replaceAll(root, ''), err: err.replaceAll(root, '') };
    },
  };
}

const CONFIG_TXT = `# For more options and information see
# http://rptl.io/configtxt
dtparam=i2c_arm=on
dtparam=audio=on
dtoverlay=vc4-kms-v3d

[cm5]
dtoverlay=dwc2,dr_mode=host

[all]
dtoverlay=w1-gpio,gpiopin=4
`;

const DS18B20 = '28-0516b0a1c2ff';

/** 21.5625 deg C. */
const W1_SLAVE = '59 01 4b 46 7f ff 07 10 a2 : crc=a2 YES\n59 01 4b 46 7f ff 07 10 a2 t=21562\n';

/** The files of a Raspberry Pi 4 with I2C and 1-Wire on, a clock chip, a thermometer and a kernel driver's chip. */
export const PI: Readonly<Record<string, string>> = {
  '/proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0',
  '/proc/sys/kernel/osrelease': '6.12.25+rpt-rpi-v8\n',
  '/proc/loadavg': '0.10 0.20 0.30 1/180 4321\n',
  '/proc/stat': stat(100, 0, 50, 4000),
  '/proc/net/dev': netDev({ lo: [7, 7], eth0: [120_000, 30_000] }),
  '/proc/meminfo': 'MemTotal:        3884344 kB\nMemFree:          812344 kB\nMemAvailable:    3012344 kB\n',
  '/proc/self/mountinfo': mountinfo('proc /proc proc rw,nosuid', '/dev/mmcblk0p2 / ext4 rw,noatime'),
  '/proc/self/status':
    'Name:\tnode\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t20 986 989 1000\n',
  '/etc/passwd':
    'root:x:0:0:root:/:/bin/bash\nada:x:1000:1000::/home/pi:/bin/bash\ndapberry:x:991:991::/:/usr/sbin/nologin\n',
  '/etc/group': `root:x:0:
dialout:x:20:ada
gpio:x:986:ada,dapberry
i2c:x:989:ada,dapberry
spi:x:988:
ada:x:1000:
dapberry:x:991:
`,
  '/etc/fstab': 'PARTUUID=1 /boot/firmware vfat defaults 0 2\nPARTUUID=2 / ext4 defaults,noatime 0 1\n',
  '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\n',
  '/boot/firmware/config.txt': CONFIG_TXT,
  '/run/systemd/timesync/synchronized': '',
  '/dev/i2c-1': '',
  '/dev/i2c-20': '',
  '/dev/gpiochip0': '',
  '/dev/gpiochip1': '',
  '/sys/class/i2c-dev/i2c-1/name': 'bcm2835 (i2c@7e804000)\n',
  '/sys/class/i2c-dev/i2c-20/name': 'fef04500.i2c\n',
  '/sys/bus/i2c/devices/i2c-1/name': 'bcm2835 (i2c@7e804000)\n',
  '/sys/bus/i2c/devices/1-0068/name': 'ds3231\n',
  '/sys/class/gpio/export': '',
  '/sys/class/gpio/gpiochip512/label': 'pinctrl-bcm2711\n',
  '/sys/class/gpio/gpiochip512/base': '512\n',
  '/sys/class/gpio/gpiochip512/ngpio': '58\n',
  '/sys/class/gpio/gpiochip570/label': 'raspberrypi-exp-gpio\n',
  '/sys/class/gpio/gpiochip570/base': '570\n',
  '/sys/class/gpio/gpiochip570/ngpio': '8\n',
  '/sys/bus/w1/devices/w1_bus_master1/w1_master_slaves': `${DS18B20}\n`,
  // The folder of a thermometer lies in its master's, and is linked beside it.
  [`/sys/bus/w1/devices/${DS18B20}/w1_slave`]: W1_SLAVE,
  [`/sys/bus/w1/devices/w1_bus_master1/${DS18B20}/w1_slave`]: W1_SLAVE,
  '/sys/bus/iio/devices/iio:device0/name': 'bme280\n',
  '/sys/bus/iio/devices/iio:device0/in_temp_input': '21930\n',
  '/sys/bus/iio/devices/iio:device0/in_pressure_input': '101.325500000\n',
  '/sys/bus/iio/devices/iio:device0/in_humidityrelative_input': '46123\n',
  '/sys/class/hwmon/hwmon0/name': 'cpu_thermal\n',
  '/sys/class/hwmon/hwmon0/temp1_input': '48312\n',
  '/sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
  '/sys/class/hwmon/hwmon1/in0_lcrit_alarm': '0\n',
  '/sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
  '/sys/class/thermal/thermal_zone0/temp': '48312\n',
  '/sys/devices/platform/soc/soc:firmware/get_throttled': '0\n',
};

/** What systemd says of the installed service. */
export const SERVICE = `LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
WatchdogUSec=30s
NRestarts=0
User=dapberry
ProtectSystem=strict
ProtectHome=yes
StateDirectory=dapberry
ReadWritePaths=-/sys/class/gpio -/sys/devices
`;

/** What systemd says of the unit that watches the configuration. */
const WATCHING = 'LoadState=loaded\nActiveState=active\nSubState=waiting\nUnitFileState=enabled\n';

/** Answers of programs by their names, or with the first two arguments; the others are not installed. */
export function programs(printed: Readonly<Record<string, string>>): Machine['run'] {
  const all: typeof printed = { 'systemctl show dapberry-devices.path': WATCHING, ...printed };
  return async (program, args) => {
    if (printed[program] === undefined) return undefined;
    return all[[program, ...args.slice(0, 2)].join(' ')] ?? all[program];
  };
}
