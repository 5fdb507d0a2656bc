// Declares a mistake in a configuration, as the cases beside this file list them.

/** What is wrong, the text, and each problem as it is printed, without the name of the file. */
export type Mistake = readonly [mistake: string, text: string, problems: readonly string[]];
