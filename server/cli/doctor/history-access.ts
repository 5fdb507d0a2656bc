// Examines whether the server may write into the folder of a history: its sandbox, its user and the folders above.

import { shellWord } from '../../../dap/client/http/shell-word.ts';
import type { Machine } from '../../machine/machine.ts';
import { isAtOrBelow } from '../../machine/mounts.ts';
import { mayFill } from '../../machine/permissions.ts';
import type { ServiceUnit } from '../../machine/service-unit.ts';
import { SERVICE_STATE } from '../../machine/state-directory.ts';
import { inTheWay, MOVE_AWAY, nearestFolder } from '../history-plan.ts';
import { type Finding, fix } from './finding.ts';

const SUBJECT = 'history';

/** Why the server cannot write into the folder; undefined if it can. */
export async function refusal(
  machine: Machine,
  folder: string,
  unit: ServiceUnit | undefined,
): Promise<Finding | undefined> {
  const hidden = ['/home', '/root', '/run/user'].find(home => isAtOrBelow(folder, home));
  if (unit?.hidesHomes && hidden !== undefined) {
    return fix(
      SUBJECT,
      `${folder} is below ${hidden}, which the service does not see`,
      'choose a history.path outside of homes',
    );
  }
  if (unit?.writable !== undefined && !unit.writable.some(place => isAtOrBelow(folder, place))) {
    return fix(
      SUBJECT,
      `the service may not write into ${folder}: its unit permits only ${unit.writable.join(', ') || 'no folder'}`,
      `sudo systemctl edit dapberry, add the lines [Service] and ReadWritePaths=-${folder}, then sudo systemctl restart dapberry (docs/service.md, another disk)`,
    );
  }
  const place = await nearestFolder(machine, folder);
  // systemd makes the folder when the service starts.
  if (unit !== undefined && place !== folder && isAtOrBelow(folder, SERVICE_STATE)) return undefined;
  const info = await machine.fileInfo(place);
  if (info === undefined) return undefined;
  if (info.kind !== 'folder') return fix(SUBJECT, inTheWay(place), MOVE_AWAY);
  const account = unit?.account;
  const isAllowed =
    unit === undefined ? await machine.mayWrite(place) : account === undefined || mayFill(info, account);
  if (isAllowed) return undefined;
  const user = unit?.user ?? 'this user';
  const path = shellWord(folder);
  return place === folder
    ? fix(
        SUBJECT,
        `${user} may not write into ${folder}`,
        unit === undefined ? 'choose another history.path' : `sudo chown -R ${user}: ${path}`,
      )
    : fix(
        SUBJECT,
        `${folder} does not exist, and ${user} may not make it in ${place}`,
        unit === undefined
          ? 'choose another history.path'
          : `sudo install -d -o ${user} -g "$(id -gn ${user})" ${path}`,
      );
}
