// Measures the processor time of a task, which other programs on the machine hardly change.

/** Does a task: its result, and the milliseconds of processor time that this process spent meanwhile. */
export function processorTime<Result>(work: () => Result): { result: Result; milliseconds: number } {
  const begin = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(begin);
  return { result, milliseconds: (user + system) / 1000 };
}

/**
 * How many times as much processor time the larger of two sizes takes: the best of several tries of each, in turn, because
 * other programs take the machine now and then. `prepare` is not counted.
 */
export function growth<Prepared>(
  sizes: readonly [smaller: number, larger: number],
  prepare: (size: number) => Prepared,
  work: (prepared: Prepared) => void,
): number {
  const prepared = sizes.map(prepare);
  const best = sizes.map(() => Number.POSITIVE_INFINITY);
  for (let attempt = 0; attempt < 6; attempt++) {
    for (const [index, of] of prepared.entries()) {
      best[index] = Math.min(best[index]!, processorTime(() => work(of)).milliseconds);
    }
  }
  return best[1]! / best[0]!;
}
