// Declares what takes the rows of a recorded file, whichever of the formats the file has.

/** Takes rows of numbers as a file gives them. */
export interface RowsSink {
  /** The columns that are wanted, the time first where it is wanted. */
  readonly wanted: readonly string[];
  /**
   * The names of the file's columns have become known.
   * @returns the places of the wanted ones among them, that of the time first where it is wanted
   */
  begin(names: readonly string[]): readonly number[];
  /** One row: the values at those places. `where` is for messages. */
  row(values: ArrayLike<number>, where: () => string): void;
}
