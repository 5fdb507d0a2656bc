// Which sensors would be reached through the GPIO character device, and is the module koffi there for it?

import { moduleAdvice, type SensorSetup } from '../../../device/index.ts';
import { gpioDevices, hasSysfsGpio } from '../../machine/kernel-devices.ts';
import { type DoctorContext, type Finding, fix, note } from './finding.ts';

const WITHOUT = 'the module koffi was not installed or does not run here';

/** What lacks where it is not there: sensors that cannot be read, and counts through onoff, which merges edges. */
export async function examineCharacterDevice({
  machine,
  config,
  needs,
}: DoctorContext): Promise<readonly Finding[]> {
  if (config === undefined || !needs.has('gpio')) return [];
  if ((await gpioDevices(machine)).length === 0 || (await machine.hasModule('koffi'))) return [];
  const advice = moduleAdvice('koffi', machine.installation);
  const hasSysfs = await hasSysfsGpio(machine);
  const sensors = config.datasets.flatMap(dataset => dataset.sensors);
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
            `${namesOf(merging)} ${verb(merging, 'count')} edges through onoff, where those that come while the machine is busy become one: ${WITHOUT}`,
            advice,
          ),
        ]),
  ];
}

/** By the options of the kinds at GPIO pins; docs/gpio.md tells which way they lead. Drivers of others may have none of these. */
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
