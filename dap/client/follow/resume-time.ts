// Finds the column of times by which a stream is resumed, and asks for it where the projection leaves it out.

import { type Constraint, pathOf } from '../../constraint/index.ts';
import type { MissingTest } from '../../model/meaning.ts';
import { findTime, isNumeric } from '../../model/time-column.ts';
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
  /** The projection leaves the column out: it is asked for besides, and taken out of the rows. */
  readonly isOmitted: boolean;
  /** Undefined while only the column's name says that it is the time: the DAS was not asked for. */
  readonly units: TimeUnits | undefined;
  /** Tells times from numbers that stand for none, where the DAS says so. */
  readonly meaning?: MissingTest | undefined;
}

/** The name that says by itself that a column holds the time. */
const TIME = 'time';

/** The column's dotted name. */
export function pathOfTime({ sequence, column }: ResumeTime): string {
  return `${sequence}.${column}`;
}

/**
 * The time of the Sequence that `asked` chooses: a column of numbers named `time`, else the one whose units in the DAS count
 * from a moment. Undefined where there is none. `served` is the dataset as the constraint leaves it, where that is known.
 * Throws as `askDds` does.
 */
export async function findResumeTime(
  connection: ClientConnection,
  address: Address,
  asked: Constraint,
  served?: DapDataset,
): Promise<ResumeTime | undefined> {
  const shown = served?.variables.find(variable => variable.type === 'Sequence');
  if (shown?.fields.some(isNamedTime) === true) {
    return { sequence: shown.name, column: TIME, isOmitted: false, units: undefined };
  }
  const isWhole = served !== undefined && asked.projections.length === 0;
  const dataset = isWhole ? served : await askDds(connection, address, '');
  const sequence = chosenSequence(asked, dataset);
  if (sequence === undefined) return undefined;
  const isOmitted = (column: string): boolean =>
    shown === undefined
      ? !isProjected(asked, sequence, column)
      : !shown.fields.some(({ name }) => name === column);
  if (sequence.fields.some(isNamedTime)) {
    return { sequence: sequence.name, column: TIME, isOmitted: isOmitted(TIME), units: undefined };
  }
  const attributes = await askDasIfAny(connection, address);
  const time = attributes && findTime(sequence, attributes);
  if (time === undefined) return undefined;
  const { units, meaning } = time;
  return { sequence: sequence.name, column: time.name, isOmitted: isOmitted(time.name), units, meaning };
}

/** A time that was found by its name, with what the DAS says of it: seconds since 1970 where it says nothing. */
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

/** The constraint with one more column asked for. */
export function askingFor(path: string, constraint: Constraint): Constraint {
  const steps = path.split('.').map(name => ({ name, indices: [] }));
  return { ...constraint, projections: [...constraint.projections, { kind: 'name', steps }] };
}

function isNamedTime(field: Variable): boolean {
  return field.name === TIME && isNumeric(field);
}

/** The one Sequence of `dataset` that the constraint names columns of, or the only one that there is. */
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

/** The only Sequence of `dataset`, where a function of `constraint` may have made columns of it that are not its own. */
function madeOf({ variables }: DapDataset, { selections }: Constraint): Variable | undefined {
  const calls = selections.some(({ kind }) => kind === 'call');
  return calls && variables.length === 1 ? variables[0] : undefined;
}

/** The variables by their names, and Sequences by the names of their fields alone; the first one where several match. */
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

/** True where the constraint asks for the column too. */
function isProjected({ projections }: Constraint, { name }: Sequence, column: string): boolean {
  if (projections.length === 0) return true;
  return projections.some(
    projection =>
      projection.kind === 'name' && [name, column, `${name}.${column}`].includes(pathOf(projection)),
  );
}
