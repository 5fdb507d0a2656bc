// Examines which sensors need the GPIO character device while the module koffi, which opens it, is missing.

import { moduleAdvice, type SensorSetup } from '../../../device/index.ts';
import { sensorsOf } from '../../config/config.ts';
import { gpioDevices, hasSysfsGpio } from '../../machine/kernel-devices.ts';
import { type DoctorContext, type Finding, fix, note } from './finding.ts';

const WITHOUT = 'the module koffi is not installed or does not load';

/** Without koffi some sensors cannot be read, and others count edges through onoff, which merges them under load. */
export async function examineCharacterDevice({
  machine,
  config,
  needs,
}: DoctorContext): Promise<readonly Finding[]> {
  if (config === undefined || !needs.has('gpio')) return [];
  if ((await gpioDevices(machine)).length === 0 || (await machine.hasModule('koffi'))) return [];
  const advice = moduleAdvice('koffi', machine.installation);
  const hasSysfs = await hasSysfsGpio(machine);
  const sensors = config.datasets.flatMap(sensorsOf);
  const lacking = sensors.filter(sensor => needsIt(sensor, hasSysfs));
  const merging = sensors.filter(sensor => countsWithIt(sensor) && !lacking.includes(sensor));
  return [
    ...(lacking.length === 0
      ? []
      : [fix('GPIO', `${WITHOUT}, and ${namesOf(lacking)} ${verb(lacking, 'need')} it`, advice)]),
    ...(merging.length === 0
      ? []
      : [
          note(
            'GPIO',
            `${namesOf(merging)} ${verb(merging, 'count')} edges through onoff, which merges edges while the machine is busy: ${WITHOUT}`,
            advice,
          ),
        ]),
  ];
}

/** Decides by the options of the GPIO kinds, as docs/gpio.md describes; the kind of a driver may have none of them. */
function needsIt({ kind, options: { interface: way, pull = 'as-is' } }: SensorSetup, hasSysfs: boolean) {
  if (!kind.needs.includes('gpio')) return false;
  return way === 'character-device' || (way === 'auto' && (pull !== 'as-is' || !hasSysfs));
}

function countsWithIt({ kind, options: { interface: way, count = 'none' } }: SensorSetup): boolean {
  return kind.needs.includes('gpio') && way === 'auto' && count !== 'none';
}

function namesOf(sensors: readonly SensorSetup[]): string {
  return sensors.map(({ name }) => name).join(', ');
}

function verb({ length }: readonly SensorSetup[], plural: string): string {
  return length > 1 ? plural : `${plural}s`;
}
