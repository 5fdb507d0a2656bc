// Declares what `first-load.mjs` gives to tests.

export declare function firstLoad(
  folder: string,
  name?: string,
): Promise<{ readonly files: readonly string[]; readonly gzipped: number }>;
