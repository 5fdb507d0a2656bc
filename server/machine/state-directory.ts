// Names the folder that systemd makes for the service (systemd.exec(5), StateDirectory=), and what the server keeps in it.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where systemd makes the state directories of services that do not belong to a user. */
const STATES = '/var/lib';

/** The folder of a name that `StateDirectory=` states. */
export function stateDirectory(name: string): string {
  return `${STATES}/${name}`;
}

/** The folder of the installed service, whose unit states this name. */
export const SERVICE_STATE = stateDirectory('dapberry');

/** The folder of the history in a state directory. */
export function historyIn(state: string): string {
  return join(state, 'history');
}

/** The folders in which a server may keep its state, the preferred one first: that of systemd, and that of the user (XDG Base Directory Specification). */
export function stateFolders(
  environment: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): readonly string[] {
  const { STATE_DIRECTORY = '', XDG_STATE_HOME = '' } = environment;
  const [ofService = ''] = STATE_DIRECTORY.split(':');
  // The specification ignores relative paths.
  const ofUser = isAbsolute(XDG_STATE_HOME) ? XDG_STATE_HOME : join(home, '.local', 'state');
  return [...(ofService === '' ? [] : [ofService]), join(ofUser, 'dapberry')];
}
