// What variables a DAP2 dataset can hold: the data model that the DDS describes (DAP2 draft, section 5).

/** The DAP2 names of the types that hold one value. */
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

/** The types that hold one number. */
export type NumberType = Exclude<AtomicType, 'String' | 'Url'>;

/** A variable that holds one number or one string. */
export interface Atomic {
  readonly type: AtomicType;
  readonly name: string;
}

/** One dimension of an array: its size and, where the DDS gives one, its name. */
export interface Dimension {
  readonly name?: string;
  readonly size: number;
}

/** An array, row-major, of any variable that is not itself an array; `element` carries the array's name. */
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

/** Rows of the same fields, of a number that is not known before the last row has come. */
export interface Sequence {
  readonly type: 'Sequence';
  readonly name: string;
  readonly fields: readonly Variable[];
}

/** An array with one map vector a dimension. */
export interface Grid {
  readonly type: 'Grid';
  readonly name: string;
  readonly array: ArrayVariable;
  readonly maps: readonly ArrayVariable[];
}

export type Variable = Atomic | ArrayVariable | Structure | Sequence | Grid;

/** What a DDS describes: the dataset's name and its variables, in the order of the DDS. */
export interface DapDataset {
  readonly name: string;
  readonly variables: readonly Variable[];
}

export function isAtomic(variable: Variable): variable is Atomic {
  return (ATOMIC_TYPES as readonly string[]).includes(variable.type);
}

/** The variables directly inside `variable`; none for an atomic one. */
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
