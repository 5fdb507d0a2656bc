// Names the commands by which an operator sets up the server, as they work where it is installed.

import type { Catalog } from '../stream/catalog.ts';
import { element } from '../text/element.ts';

/** The commands by which an operator sets up the server. */
export interface OperatorCommands {
  readonly list: string;
  readonly setup: string;
  readonly edit: string;
  /** Serves what `setup` has written; undefined where the running server takes it over. */
  readonly serve?: string;
}

/** The file that a person has who has installed no service. */
const OWN_FILE = 'dapberry.yaml';

/** The commands that work where the program is installed, run by npm, or run from its sources. */
export function operatorCommands({ installation }: Catalog): OperatorCommands {
  if (installation !== 'checkout' && installation !== 'npm')
    return { list: 'dapberry list', setup: 'sudo dapberry setup', edit: 'sudo dapberry edit' };
  const program = installation === 'npm' ? 'dapberry' : 'npx dapberry';
  const serve = installation === 'npm' ? 'dapberry serve' : 'npm start --';
  return {
    list: `${program} list`,
    setup: `${program} setup --output ${OWN_FILE}`,
    edit: `${program} edit --config ${OWN_FILE}`,
    serve: `${serve} --config ${OWN_FILE}`,
  };
}

/** The end of a sentence about `setup`: how its file is served; none where the running server takes it over. */
export function servedBy({ serve }: OperatorCommands): readonly (string | HTMLElement)[] {
  return serve === undefined ? [] : ['; ', element('code', {}, serve), ' serves it'];
}
