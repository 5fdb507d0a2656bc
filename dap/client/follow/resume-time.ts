// Finds the column of times by which a stream is resumed, in the description of the dataset.

import { type Constraint, pathOf } from '../../constraint/index.ts';
import type { MissingTest } from '../../model/meaning.ts';
import { findTime, namedTime } from '../../model/time-column.ts';
import { type TimeUnits, UNIX_SECONDS } from '../../model/time-units.ts';
import type { DapDataset, Sequence, Variable } from '../../model/variable.ts';
import type { Address } from '../http/address.ts';
import type { ClientConnection } from '../http/connection.ts';
import { askDasIfAny } from '../read/attributes.ts';
import { askDds } from '../read/describe.ts';

/** The column by which a stream is resumed. */
export interface ResumeTime {
  readonly sequence: string;
  readonly column: string;
  /** The projection leaves the column out: requests include it, and it is removed from the rows. */
  readonly isOmitted: boolean;
  /** Undefined while the DAS has not been requested, and only the column's name marks it as the time. */
  readonly units: TimeUnits | undefined;
  /** Tells times from missing values, if the DAS describes them. */
  readonly meaning?: MissingTest | undefined;
}

/** The column's dotted name. */
export function pathOfTime({ sequence, column }: ResumeTime): string {
  return `${sequence}.${column}`;
}

/**
 * The time of the Sequence that `asked` chooses: a column of numbers named `time`, else the column whose units in the DAS count
 * from a moment. Undefined without such a column. `served` is the dataset as the constraint leaves it, if it is known. Throws as
 * `askDds` does.
 */
export async function askResumeTime(
  connection: ClientConnection,
  address: Address,
  asked: Constraint,
  served?: DapDataset,
): Promise<ResumeTime | undefined> {
  const shown = served?.variables.find(variable => variable.type === 'Sequence');
  const shownTime = shown && namedTime(shown);
  if (shown !== undefined && shownTime !== undefined) {
    return { sequence: shown.name, column: shownTime.name, isOmitted: false, units: undefined };
  }
  const isWhole = served !== undefined && asked.projections.length === 0;
  const dataset = isWhole ? served : await askDds(connection, address, '');
  const sequence = chosenSequence(asked, dataset);
  if (sequence === undefined) return undefined;
  const isOmitted = (column: string): boolean =>
    shown === undefined
      ? !isProjected(asked, sequence, column)
      : !shown.fields.some(({ name }) => name === column);
  const named = namedTime(sequence)?.name;
  if (named !== undefined) {
    return { sequence: sequence.name, column: named, isOmitted: isOmitted(named), units: undefined };
  }
  const attributes = await askDasIfAny(connection, address);
  const time = attributes && findTime(sequence, attributes);
  if (time === undefined) return undefined;
  const { units, meaning } = time;
  return { sequence: sequence.name, column: time.name, isOmitted: isOmitted(time.name), units, meaning };
}

/** A time that was found by its name, with its units and missing values by the DAS; seconds since 1970 without any. */
export async function describedTime(
  connection: ClientConnection,
  address: Address,
  time: ResumeTime,
): Promise<ResumeTime> {
  const attributes = await askDasIfAny(connection, address);
  const fields: Variable[] = [{ type: 'Float64', name: time.column }];
  const described = { type: 'Sequence', name: time.sequence, fields } as const;
  const found = attributes && findTime(described, attributes);
  return { ...time, units: found?.units ?? UNIX_SECONDS, meaning: found?.meaning };
}

/** The constraint with one more column in its projection. */
export function askingFor(path: string, constraint: Constraint): Constraint {
  const steps = path.split('.').map(name => ({ name, indices: [] }));
  return { ...constraint, projections: [...constraint.projections, { kind: 'name', steps }] };
}

/** The one Sequence of `dataset` whose columns the constraint names; for a constraint without names, the only Sequence. */
function chosenSequence(constraint: Constraint, dataset: DapDataset): Sequence | undefined {
  const chosen = new Set<Variable | undefined>();
  const ownerOf = ownersOf(dataset);
  for (const projection of constraint.projections) {
    if (projection.kind === 'call') return undefined;
    const path = pathOf(projection);
    chosen.add(ownerOf.get(path) ?? ownerOf.get(firstStep(path)) ?? madeOf(dataset, constraint));
  }
  if (chosen.size === 0) {
    for (const variable of dataset.variables) if (variable.type === 'Sequence') chosen.add(variable);
  }
  const [sequence, another] = chosen;
  return sequence?.type === 'Sequence' && another === undefined && chosen.size === 1 ? sequence : undefined;
}

/** The only variable of `dataset`, if a function of the constraint may have made columns of it under other names. */
function madeOf({ variables }: DapDataset, { selections }: Constraint): Variable | undefined {
  const calls = selections.some(({ kind }) => kind === 'call');
  return calls && variables.length === 1 ? variables[0] : undefined;
}

/** The variables by their names, and Sequences by the names of their fields; the first variable of several with one name. */
function ownersOf({ variables }: DapDataset): Map<string, Variable> {
  const owners = new Map<string, Variable>();
  const add = (name: string, owner: Variable): void => {
    if (!owners.has(name)) owners.set(name, owner);
  };
  for (const variable of variables) {
    add(variable.name, variable);
    if (variable.type === 'Sequence') for (const { name } of variable.fields) add(name, variable);
  }
  return owners;
}

function firstStep(path: string): string {
  const dot = path.indexOf('.');
  return dot < 0 ? path : path.slice(0, dot);
}

/** True if the projection includes the column. */
function isProjected({ projections }: Constraint, { name }: Sequence, column: string): boolean {
  if (projections.length === 0) return true;
  return projections.some(
    projection =>
      projection.kind === 'name' && [name, column, `${name}.${column}`].includes(pathOf(projection)),
  );
}
