// What does the doctor say of one thing? That it is well, that it may be known, or what to do about it.

import type { Need } from '../../../device/index.ts';
import type { Config } from '../../config/config.ts';
import type { Board } from '../../machine/board.ts';
import type { BootConfig } from '../../machine/boot-config.ts';
import type { Machine } from '../../machine/machine.ts';

export interface Finding {
  /** `note` is nothing to mend, or nothing that can be known; `fix` is. */
  readonly level: 'ok' | 'note' | 'fix';
  readonly subject: string;
  /** What was found. */
  readonly text: string;
  /** What to do. */
  readonly advice?: string;
}

/** What the examinations have in common. */
export interface DoctorContext {
  readonly machine: Machine;
  readonly board: Board;
  readonly boot: BootConfig | undefined;
  /** Undefined where it is wrong. */
  readonly config: Config | undefined;
  /** What its sensors need; nothing where all are simulated. */
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
