// Declares a finding of the doctor: how serious it is, its subject, what was found and how to fix it.

import type { Need } from '../../../device/index.ts';
import type { Config } from '../../config/config.ts';
import type { Board } from '../../machine/board.ts';
import type { BootConfig } from '../../machine/boot-config.ts';
import type { Machine } from '../../machine/machine.ts';
import type { ServiceUnit } from '../../machine/service-unit.ts';
import type { User } from '../../machine/user.ts';

export interface Finding {
  /** `ok` is healthy, `note` is information or unknown, `fix` is a problem. */
  readonly level: 'ok' | 'note' | 'fix';
  readonly subject: string;
  /** What was found. */
  readonly text: string;
  /** What to do. */
  readonly advice?: string;
}

/** The facts that all examinations share. */
export interface DoctorContext {
  readonly machine: Machine;
  readonly board: Board;
  readonly boot: BootConfig | undefined;
  /** Undefined if the configuration has mistakes. */
  readonly config: Config | undefined;
  /** The installed service, if it serves the configuration that is examined. */
  readonly unit: ServiceUnit | undefined;
  /** Who serves it: the user of the service, else the user of this process; undefined if unknown. */
  readonly server: User | undefined;
  /** The needs of the configured sensors; empty if all are simulated. */
  readonly needs: ReadonlySet<Need>;
}

export function ok(subject: string, text: string): Finding {
  return { level: 'ok', subject, text };
}

export function note(subject: string, text: string, advice?: string): Finding {
  return { level: 'note', subject, text, ...(advice === undefined ? {} : { advice }) };
}

export function fix(subject: string, text: string, advice: string): Finding {
  return { level: 'fix', subject, text, advice };
}
