// Unexports all lines when the process ends by itself or by a signal that it can handle.

/** A line that can be unexported. */
export interface ExportedLine {
  unexport(): void;
}

/** Signals that end a process by default. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const exported = new Set<ExportedLine>();
let isWatchingExit = false;

/** Registers a line to be unexported when the process ends. */
export function keepExported(line: ExportedLine): void {
  exported.add(line);
  if (exported.size > 1) return;
  // As the first listener, since a later one may have removed itself when this one counts them.
  for (const signal of ENDING) process.prependListener(signal, endBySignal);
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.once('exit', releaseAll);
}

/** Unexports the line. Does not throw if the line is gone. */
export function releaseExported(line: ExportedLine): void {
  if (!exported.delete(line)) return;
  if (exported.size === 0) {
    for (const signal of ENDING) process.off(signal, endBySignal);
  }
  try {
    line.unexport();
  } catch {
    // The line is gone, with its chip.
  }
}

function releaseAll(): void {
  for (const line of exported) releaseExported(line);
}

/** Ends the process as the signal would have done, unless another listener decides when it ends. */
function endBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  releaseAll();
  process.kill(process.pid, signal);
}
