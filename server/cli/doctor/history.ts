// Examines the folder of the history: whether the service may write there, whether it has room, and what lies in it.

import { join } from 'node:path';
import { shellWord } from '../../../dap/client/http/shell-word.ts';
import type { Config } from '../../config/config.ts';
import { LOCK } from '../../history/disk/history-folder.ts';
import { fileSystemOf } from '../../machine/file-system.ts';
import { textOf } from '../../machine/kernel-devices.ts';
import { isRunning, ownerIn } from '../../machine/lock-owner.ts';
import type { Machine } from '../../machine/machine.ts';
import { MOUNTINFO, type MountTables, missingMount } from '../../machine/mounts.ts';
import type { ServiceUnit } from '../../machine/service-unit.ts';
import { counted, sizeText } from '../../text/terminal-text.ts';
import { daysUntilFull, type HistoryPlan, historyPlan, nearestFolder, sum } from '../history-plan.ts';
import { type HistorySurvey, surveyHistory } from '../history-survey.ts';
import { type DoctorContext, type Finding, fix, note, ok } from './finding.ts';
import { refusal } from './history-access.ts';
import { LEAST_SPACE } from './system.ts';

const SUBJECT = 'history';

/** Empty without a configuration, and without a history and a service. */
export async function examineHistory({ machine, config, unit }: DoctorContext): Promise<readonly Finding[]> {
  if (config === undefined) return [];
  const histories = config.datasets.flatMap(({ history }) => history ?? []);
  const used = new Set(histories.map(({ path }) => path));
  const findings: Finding[] = [];
  if (used.size === 0 && unit !== undefined) findings.push(note(SUBJECT, 'none: rows are only in memory'));
  for (const folder of new Set([...used, ...(unit?.histories ?? [])])) {
    const survey = await surveyHistory(machine, folder);
    const datasets = config.datasets.filter(({ history }) => history?.path === folder);
    const plans = datasets.map(dataset => historyPlan(dataset, dataset.history!, survey));
    findings.push(
      ...(used.has(folder) ? await examineFolder(machine, folder, unit, plans) : []),
      ...leftOver(folder, survey, config),
      ...setAside(survey),
      ...(await lock(machine, folder)),
    );
  }
  return findings;
}

async function examineFolder(
  machine: Machine,
  folder: string,
  unit: ServiceUnit | undefined,
  plans: readonly HistoryPlan[],
): Promise<readonly Finding[]> {
  const mount = await fileSystemOf(machine, folder);
  const unmounted = missingMount(folder, await mountTablesOf(machine));
  const refused = await refusal(machine, folder, unit);
  const findings: Finding[] = [];
  if (unmounted !== undefined) {
    return [
      fix(
        SUBJECT,
        `the disk of ${folder} is not mounted at ${unmounted}: rows wait in memory`,
        `attach it, then sudo mount ${shellWord(unmounted)}; the server goes on by itself`,
      ),
    ];
  }
  if (mount?.isReadOnly) {
    const text = `${folder} is on ${mount.device}, which is read-only: rows wait in memory`;
    // A root file system that should be writable is a problem of its own.
    if (mount.place === '/') findings.push(note(SUBJECT, text, WANTED_READ_ONLY));
    else findings.push(fix(SUBJECT, text, READ_ONLY));
  } else if (refused !== undefined) findings.push(refused);
  else findings.push(await room(machine, folder, plans, mount?.place === '/'));
  if (mount !== undefined && IN_MEMORY.includes(mount.type)) {
    findings.push(
      note(
        SUBJECT,
        `${folder} is on a file system of the type ${mount.type}: it is lost at a restart`,
        'set history.path to a folder on a disk',
      ),
    );
  }
  return findings;
}

async function mountTablesOf({ files }: Machine): Promise<MountTables> {
  return {
    fstab: await textOf(files, '/etc/fstab'),
    units: await files.list('/etc/systemd/system').catch(() => []),
    mountinfo: await textOf(files, MOUNTINFO),
  };
}

const WANTED_READ_ONLY = 'if that is wanted, set history.path to a folder on another disk, or history: off';
const READ_ONLY =
  'the kernel makes a file system read-only after an error: see dmesg, copy the folder, and check or replace the disk';

/** Types of file systems in memory, and of overlays such as raspi-config's. */
const IN_MEMORY = ['tmpfs', 'ramfs', 'overlay', 'overlayfs', 'aufs'];

/** @param isRoot a root file system with little space is a problem of its own */
async function room(
  machine: Machine,
  folder: string,
  plans: readonly HistoryPlan[],
  isRoot: boolean,
): Promise<Finding> {
  const present = sizeText(sum(plans.map(plan => plan.present)));
  const daily = sizeText(sum(plans.map(({ dayBytes }) => dayBytes)));
  const text = `${folder}: ${present}, and about ${daily} a day`;
  const days = await daysUntilFull(machine, await nearestFolder(machine, folder), plans);
  if (days === undefined) return ok(SUBJECT, text);
  const full = `${text}; the disk is full in ${days < 1 ? 'less than a day' : counted(Math.floor(days), 'day')}, before the limits are reached`;
  const advice = 'lower history.keep or history.size, or set history.path to a larger disk';
  const isReported = isRoot && ((await machine.freeSpace('/')) ?? 0) < LEAST_SPACE;
  return days < LEAST_DAYS && !isReported ? fix(SUBJECT, full, advice) : note(SUBJECT, full, advice);
}

/** With less, somebody should act now. */
const LEAST_DAYS = 30;

/** Datasets to which the configuration no longer gives a history there. */
function leftOver(folder: string, { datasets, foreign }: HistorySurvey, config: Config): readonly Finding[] {
  const findings = datasets
    .filter(
      ({ name }) =>
        !config.datasets.some(({ info, history }) => info.name === name && history?.path === folder),
    )
    .map(({ name, bytes, days }) => {
      const path = join(folder, name);
      const from = days === undefined ? 'no row' : `${days[0]} to ${days[1]}`;
      return note(
        SUBJECT,
        `${path} (${from}, ${sizeText(bytes)}) belongs to no dataset with a history there, and is kept`,
        `to go on with it, give a dataset with the name ${name} this history; to delete it, sudo rm -r ${shellWord(path)}`,
      );
    });
  if (foreign.length === 0) return findings;
  const names = foreign.length > 3 ? `${foreign.slice(0, 3).join(', ')} and others` : foreign.join(', ');
  return [...findings, note(SUBJECT, `${names}: not of dapberry, and left alone`)];
}

function setAside({ setAside: paths }: HistorySurvey): readonly Finding[] {
  const [first] = paths;
  if (first === undefined) return [];
  const text = `${counted(paths.length, 'file')} set aside, such as ${first}`;
  return [
    note(
      SUBJECT,
      text,
      'broken files were damaged, future ones have times of a wrong clock (docs/history.md); delete them if you do not need them',
    ),
  ];
}

async function lock(machine: Machine, folder: string): Promise<readonly Finding[]> {
  const path = join(folder, LOCK);
  const owner = ownerIn(await textOf(machine.files, path));
  if (owner === undefined) return [];
  if ((await isRunning(owner)) === undefined) {
    return [
      note(
        SUBJECT,
        `${path} names a server that cannot be seen from here (process ${owner.pid} on ${owner.host}): the rows of another server wait in memory meanwhile`,
        `if that server does not run, sudo rm ${shellWord(path)}`,
      ),
    ];
  }
  return [];
}
