// Declares the terminal of the person who answers the questions of `dapberry setup`.

import type { EditTerminal } from '../edit/editing.ts';

export interface SetupTerminal extends EditTerminal {
  /** Asks for a new password without showing it. Undefined if the person gives up; rejects with a sentence for a wrong one. */
  askPassword(name: string): Promise<string | undefined>;
}
