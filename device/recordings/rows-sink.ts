// Declares the receiver of a recorded file's rows, which is the same for every format.

/** Receives the rows of a file. */
export interface RowsSink {
  /** The requested columns, the column of times first if it is requested. */
  readonly wanted: readonly string[];
  /**
   * Receives the names of the file's columns.
   * @returns the indices of the requested columns among them, in the order of `wanted`
   */
  begin(names: readonly string[]): readonly number[];
  /** Receives one row: the values at those indices. `where` gives its position for messages. */
  row(values: ArrayLike<number>, where: () => string): void;
}
