// Attributes uncaught errors to the driver whose code threw them, by asynchronous context or by stack.

import { AsyncLocalStorage } from 'node:async_hooks';
import { messageOf } from '../error-message.ts';

// A driver runs in the server's own process, since it shares buses and pins with other sensors; a worker or a child process could
// not. So an endless loop or a crash in native code stops the server, and the service's watchdog restarts it.

/** The loaded code of one driver. */
export interface Origin {
  /** The driver's file, as configured. */
  readonly file: string;
  /** The URL that it was loaded from, which the stacks of its errors contain. */
  readonly url: string;
}

/** An uncaught error of a driver. */
export interface StrayError {
  readonly file: string;
  readonly error: Error;
}

type Listener = (error: Error) => void;

interface Scope {
  readonly origin: Origin;
  readonly listener: Listener | undefined;
}

const scopes = new AsyncLocalStorage<Scope>();

/** The origins of all loaded drivers, with a listener per open sensor. */
const listeners = new Map<Origin, Set<Listener>>();

/**
 * Runs `work`, and everything that it starts (timers, connections, promises), in the context of a driver. `listener` gets
 * uncaught errors of it while it is registered by `listen`.
 */
export function runContained<T>(origin: Origin, work: () => T, listener?: Listener): T {
  if (!listeners.has(origin)) listeners.set(origin, new Set());
  return scopes.run({ origin, listener }, work);
}

/** The file of the driver in whose context the caller runs; undefined outside a driver. */
export function runningDriver(): string | undefined {
  return scopes.getStore()?.origin.file;
}

/** Registers a listener for uncaught errors of the driver; returns a function that removes it. */
export function listen(origin: Origin, listener: Listener): () => void {
  const all = listeners.get(origin) ?? new Set();
  listeners.set(origin, all.add(listener));
  return () => all.delete(listener);
}

/**
 * Handles an uncaught error, in the asynchronous context in which it was thrown. First the listener of the sensor in whose
 * context it was thrown gets it, or all listeners of the driver whose code is in its stack; then `report` gets it.
 * @returns whether the error is a driver's; if not, it is an error of the program itself
 */
export function takeStray(thrown: unknown, report: (stray: StrayError) => void): boolean {
  const error = thrown instanceof Error ? thrown : new Error(messageOf(thrown), { cause: thrown });
  const scope = scopes.getStore() ?? scopeOf(error);
  if (scope === undefined) return false;
  const { origin, listener } = scope;
  // The listeners run outside the driver's context.
  scopes.exit(() => {
    const open = listeners.get(origin) ?? new Set();
    const concerned = listener === undefined ? [...open] : open.has(listener) ? [listener] : [];
    for (const sensor of concerned) sensor(error);
    report({ file: origin.file, error });
  });
  return true;
}

function scopeOf({ stack = '' }: Error): Scope | undefined {
  const origin = [...listeners.keys()].find(({ url }) => stack.includes(`${url}:`));
  return origin === undefined ? undefined : { origin, listener: undefined };
}
