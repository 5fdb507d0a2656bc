// Which lines are exported now, and must not stay so when the process ends, in whatever way it can still notice?

/** A line that can be given back. */
export interface ExportedLine {
  unexport(): void;
}

/** Signals that end a process which does not listen to them. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const exported = new Set<ExportedLine>();
let isWatchingExit = false;

/** Has the line given back when the process ends. */
export function keepExported(line: ExportedLine): void {
  exported.add(line);
  if (exported.size > 1) return;
  // First of all: another listener may be gone from the list once it has been told.
  for (const signal of ENDING) process.prependListener(signal, endBySignal);
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.once('exit', releaseAll);
}

/** Gives the line back. One that has gone has nothing to give back. */
export function releaseExported(line: ExportedLine): void {
  if (!exported.delete(line)) return;
  if (exported.size === 0) {
    for (const signal of ENDING) process.off(signal, endBySignal);
  }
  try {
    line.unexport();
  } catch {
    // Neither its files nor its number are there any more.
  }
}

function releaseAll(): void {
  for (const line of exported) releaseExported(line);
}

/** Ends the process as the signal would have done, unless somebody else listens and decides when it ends. */
function endBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  releaseAll();
  process.kill(process.pid, signal);
}
