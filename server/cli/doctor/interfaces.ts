// Examines I2C, 1-Wire, SPI, GPIO and the user's groups; only a missing interface that a sensor needs is a problem.

import { shellWord } from '../../../dap/client/http/shell-word.ts';
import { moduleAdvice, type Need } from '../../../device/index.ts';
import { i2cBuses } from '../../machine/i2c.ts';
import {
  gpioChips,
  gpioDevices,
  hasSysfsGpio,
  isOneWireThermometer,
  oneWireMasters,
} from '../../machine/kernel-devices.ts';
import { mayWriteTo } from '../../machine/permissions.ts';
import { examineCharacterDevice } from './character-device.ts';
import { type DoctorContext, type Finding, fix, note, ok } from './finding.ts';

/** On a machine that is not a Pi, examines only the interfaces that configured sensors need. */
export async function examineInterfaces(context: DoctorContext): Promise<readonly Finding[]> {
  const { board, needs } = context;
  const matters = (need: Need) => board.isPi || needs.has(need);
  return [
    ...(board.isPi ? [bootFile(context)] : []),
    ...(matters('i2c') ? [await i2c(context)] : []),
    ...(matters('1-wire') ? [await oneWire(context)] : []),
    ...(board.isPi ? [await spi(context)] : []),
    ...(matters('gpio') ? [await gpio(context), ...(await examineCharacterDevice(context))] : []),
    ...(matters('i2c') || matters('gpio') ? [groups(context)] : []),
  ];
}

function bootFile({ boot }: DoctorContext): Finding {
  if (boot === undefined) return note('config.txt', 'not found in /boot/firmware or /boot');
  const { path, i2c: hasI2c, spi: hasSpi, overlays } = boot;
  const on = [...(hasI2c ? ['i2c_arm'] : []), ...(hasSpi ? ['spi'] : []), ...overlays];
  return ok('config.txt', `${path} enables ${on.length === 0 ? 'no interface' : on.join(', ')}`);
}

/** A missing interface: a problem if a configured sensor needs it, else a note. */
function missing(
  { needs }: DoctorContext,
  need: Need,
  subject: string,
  text: string,
  advice: string,
): Finding {
  if (needs.has(need)) return fix(subject, `${text}, and a configured sensor needs it`, advice);
  return note(subject, `${text}; no configured sensor needs it`, advice);
}

/** The advice on a Pi; on another machine, how to do without the interface. */
function piAdvice({ board: { isPi } }: DoctorContext, advice: string): string {
  return isPi ? advice : 'read it on a Raspberry Pi, or set simulate: true';
}

async function i2c(context: DoctorContext): Promise<Finding> {
  const { machine, boot } = context;
  const buses = (await i2cBuses(machine))
    // A Pi has buses for its video connectors even while I2C is off.
    .filter(({ reserved }) => reserved === undefined)
    .map(({ number }) => `/dev/i2c-${number}`);
  if (buses.length > 0 && !(await machine.hasModule('i2c-bus'))) {
    const text = `${buses.join(', ')}, but the module i2c-bus is not installed or not built`;
    return missing(context, 'i2c', 'I2C', text, moduleAdvice('i2c-bus', machine.installation));
  }
  if (buses.length > 0) return ok('I2C', buses.join(', '));
  const advice =
    boot?.i2c === true
      ? 'config.txt enables it: restart, and load the module i2c-dev (sudo modprobe i2c-dev)'
      : 'sudo raspi-config nonint do_i2c 0, then restart';
  return missing(context, 'i2c', 'I2C', 'off', piAdvice(context, advice));
}

async function oneWire(context: DoctorContext): Promise<Finding> {
  const { machine, boot, unit } = context;
  const masters = await oneWireMasters(machine);
  const slow = await convertingOneByOne(context, masters);
  if (slow.length > 0) {
    const user = unit?.user ?? 'this user';
    const text = `the thermometers on ${slow.join(', ')} convert one after the other, 0.8 s each: ${user} may not write therm_bulk_read, which makes them convert at once`;
    return note('1-Wire', text, 'give its group write access, as docs/one-wire.md describes');
  }
  if (masters.length > 0) return ok('1-Wire', masters.join(', '));
  const advice =
    boot?.overlays.includes('w1-gpio') === true
      ? 'config.txt enables it (dtoverlay=w1-gpio): restart'
      : 'sudo raspi-config nonint do_onewire 0, then restart';
  return missing(context, '1-wire', '1-Wire', 'off', piAdvice(context, advice));
}

/** The masters whose thermometers convert one by one because the server may not write `therm_bulk_read`. */
async function convertingOneByOne(
  context: DoctorContext,
  masters: readonly string[],
): Promise<readonly string[]> {
  const slow: string[] = [];
  for (const master of masters) {
    const folder = `/sys/bus/w1/devices/${master}`;
    const names = await context.machine.files.list(folder);
    if (!names.includes('therm_bulk_read') || names.filter(isOneWireThermometer).length < 2) continue;
    if (!(await mayServerWrite(context, `${folder}/therm_bulk_read`))) slow.push(master);
  }
  return slow;
}

/** A file about which nothing is known counts as one that the service may write. */
async function mayServerWrite({ machine, unit, server }: DoctorContext, path: string): Promise<boolean> {
  if (unit === undefined) return machine.mayWrite(path);
  const info = await machine.fileInfo(path);
  return info === undefined || server === undefined || mayWriteTo(info, server);
}

async function spi({ machine: { files } }: DoctorContext): Promise<Finding> {
  const devices = (await files.list('/dev')).filter(name => name.startsWith('spidev')).toSorted();
  if (devices.length > 0) return ok('SPI', devices.map(name => `/dev/${name}`).join(', '));
  return note('SPI', 'off; only kernel drivers need it', 'sudo raspi-config nonint do_spi 0, then restart');
}

/** The chip whose lines are on the header, by its label (Linux, drivers/pinctrl). */
const HEADER_CHIP = /^pinctrl-(rp1|bcm2711|bcm2835)$/;

async function gpio(context: DoctorContext): Promise<Finding> {
  const { machine } = context;
  const hasSysfs = await hasSysfsGpio(machine);
  const header = (await gpioChips(machine)).find(({ label }) => HEADER_CHIP.test(label));
  const devices = (await gpioDevices(machine)).map(name => `/dev/${name}`).join(', ');
  const opensDevices = devices !== '' && (await machine.hasModule('koffi'));
  if (hasSysfs && header !== undefined) {
    const { label, base, lines } = header;
    const sysfs = `through sysfs, numbered from ${base}`;
    const way = opensDevices ? `through the character device; if that cannot be opened, ${sysfs}` : sysfs;
    return ok('GPIO', `${lines} lines of ${label}, ${way}`);
  }
  if (!hasSysfs && devices !== '') {
    const noSysfs = 'this kernel has no sysfs GPIO';
    if (opensDevices) return ok('GPIO', `through ${devices}; ${noSysfs}`);
    return note('GPIO', `the module koffi is needed for ${devices}; ${noSysfs}`);
  }
  const text = hasSysfs ? 'no chip with the lines of the 40-pin header' : 'no GPIO';
  return missing(context, 'gpio', 'GPIO', text, piAdvice(context, 'start the kernel of Raspberry Pi OS'));
}

/** The groups of Raspberry Pi OS whose members may open the devices of sensors; each has the name of a need. */
const GROUPS = ['gpio', 'i2c'] as const;

function groups({ unit, server, needs }: DoctorContext): Finding {
  if (server === undefined && unit !== undefined)
    return note('groups', `unknown: the service runs as ${unit.user}, which is no user of this machine`);
  if (server === undefined) return note('groups', 'unknown: /proc/self/status does not list them');
  const { name, isRoot, groups: own, known } = server;
  if (isRoot) return ok('groups', `${name} may open every device`);
  const lacking = GROUPS.filter(group => known.includes(group) && !own.includes(group));
  const member = GROUPS.filter(group => own.includes(group)).join(', ');
  if (lacking.length === 0)
    return ok('groups', `${name} is in ${member || 'none of gpio and i2c, which do not exist here'}`);
  const needed = lacking.filter(group => needs.has(group));
  const [which, level] = needed.length > 0 ? ([needed, fix] as const) : ([lacking, note] as const);
  const list = which.join(',');
  const why = needed.length > 0 ? ', and a configured sensor needs it' : '; no configured sensor needs it';
  return level(
    'groups',
    `${name} is not in ${list}${why}`,
    `sudo usermod -aG ${list} ${shellWord(name)}, then ${unit === undefined ? 'log in again' : 'sudo systemctl restart dapberry'}`,
  );
}
