// Declares the variables of a DAP2 dataset: the data model that the DDS describes (DAP2 draft, section 5).

/** The DAP2 names of the types with one value. */
export const ATOMIC_TYPES = [
  'Byte',
  'Int16',
  'UInt16',
  'Int32',
  'UInt32',
  'Float32',
  'Float64',
  'String',
  'Url',
] as const;

export type AtomicType = (typeof ATOMIC_TYPES)[number];

/** The types with one number. */
export type NumberType = Exclude<AtomicType, 'String' | 'Url'>;

/** A variable with one number or one string. */
export interface Atomic {
  readonly type: AtomicType;
  readonly name: string;
}

/** One dimension of an array: its size and, if the DDS has one, its name. */
export interface Dimension {
  readonly name?: string;
  readonly size: number;
}

/** An array, row-major, of any variable except an array; `element` has the name of the array. */
export interface ArrayVariable {
  readonly type: 'Array';
  readonly name: string;
  readonly element: Atomic | Structure | Sequence | Grid;
  readonly dimensions: readonly Dimension[];
}

export interface Structure {
  readonly type: 'Structure';
  readonly name: string;
  readonly fields: readonly Variable[];
}

/** Rows with the same fields; their number is not known before the last row has come. */
export interface Sequence {
  readonly type: 'Sequence';
  readonly name: string;
  readonly fields: readonly Variable[];
}

/** An array with one map vector for each dimension. */
export interface Grid {
  readonly type: 'Grid';
  readonly name: string;
  readonly array: ArrayVariable;
  readonly maps: readonly ArrayVariable[];
}

export type Variable = Atomic | ArrayVariable | Structure | Sequence | Grid;

/** The content of a DDS: the name of the dataset and its variables, in the order of the DDS. */
export interface DapDataset {
  readonly name: string;
  readonly variables: readonly Variable[];
}

export function isAtomic(variable: Variable): variable is Atomic {
  return (ATOMIC_TYPES as readonly string[]).includes(variable.type);
}

/** The variables directly inside `variable`; none for an atomic variable. */
export function childrenOf(variable: Variable): readonly Variable[] {
  switch (variable.type) {
    case 'Structure':
    case 'Sequence':
      return variable.fields;
    case 'Grid':
      return [variable.array, ...variable.maps];
    case 'Array':
      return childrenOf(variable.element);
    default:
      return [];
  }
}
