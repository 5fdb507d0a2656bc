// Declares the content of a netCDF classic file: dimensions, attributes and variables.

/** The types of the classic formats. */
export type NcType = 'byte' | 'char' | 'short' | 'int' | 'float' | 'double';

export type NcNumberType = Exclude<NcType, 'char'>;

/** Bytes that a value takes in an attribute or a variable. */
export const NC_BYTES: Readonly<Record<NcType, 1 | 2 | 4 | 8>> = {
  byte: 1,
  char: 1,
  short: 2,
  int: 4,
  float: 4,
  double: 8,
};

/** A text, or one or more numbers of a type. */
export type NcAttribute =
  | { readonly name: string; readonly type: 'char'; readonly text: string }
  | { readonly name: string; readonly type: NcNumberType; readonly values: readonly number[] };

/** A variable outside of the records: a number, or a text along a dimension of its own. */
export interface NcFixedVariable {
  readonly name: string;
  readonly attributes: readonly NcAttribute[];
  readonly value: { readonly type: 'double'; readonly number: number } | NcText;
}

/** A text of at least one byte, and the name of the dimension that has its length. */
export interface NcText {
  readonly type: 'char';
  readonly text: string;
  readonly dimension: string;
}

/** A variable with one number in each record. */
export interface NcRecordVariable {
  readonly name: string;
  readonly type: Exclude<NcNumberType, 'byte'>;
  readonly attributes: readonly NcAttribute[];
}

/** A file whose records are rows. */
export interface NcFile {
  /** The name of the record dimension. */
  readonly dimension: string;
  readonly attributes: readonly NcAttribute[];
  readonly fixed: readonly NcFixedVariable[];
  /** In the order in which they stand in a record. */
  readonly variables: readonly NcRecordVariable[];
}
