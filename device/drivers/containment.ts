// Whose fault is an error that nobody caught? That of the driver in whose name the code ran that threw it.

import { AsyncLocalStorage } from 'node:async_hooks';
import { messageOf } from '../error-message.ts';

/** Code of one driver, loaded once. */
export interface Origin {
  /** The driver's file, as it is configured. */
  readonly file: string;
  /** The address that it was loaded from, which stands in the stacks of its errors. */
  readonly url: string;
}

/** An error that nobody caught, and whose it is. */
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

/** The origins of all code that was loaded, with the sensors of theirs that are open. */
const listeners = new Map<Origin, Set<Listener>>();

/**
 * Runs `work`, and all that it leaves behind (timers, connections, promises), in the name of a driver. What is thrown there and
 * caught by nobody is told to `listener`, if that is listening.
 */
export function contained<T>(origin: Origin, work: () => T, listener?: Listener): T {
  if (!listeners.has(origin)) listeners.set(origin, new Set());
  return scopes.run({ origin, listener }, work);
}

/** The file of the driver in whose name code runs at this moment; undefined where none does. */
export function runningDriver(): string | undefined {
  return scopes.getStore()?.origin.file;
}

/** Has errors of the driver told to `listener` from now on; gives what ends that. */
export function listen(origin: Origin, listener: Listener): () => void {
  const all = listeners.get(origin) ?? new Set();
  listeners.set(origin, all.add(listener));
  return () => all.delete(listener);
}

/**
 * To be called where an error has come that nobody caught, in the context in which it came. Tells the sensors that it is about,
 * which are the one in whose name it was thrown, or all of a driver whose code is in its stack; and then `tell`.
 * @returns whether it is a driver's; if not, it is an error of the program itself
 */
export function takeStray(thrown: unknown, tell: (stray: StrayError) => void): boolean {
  const error = thrown instanceof Error ? thrown : new Error(messageOf(thrown), { cause: thrown });
  const scope = scopes.getStore() ?? scopeOf(error);
  if (scope === undefined) return false;
  const { origin, listener } = scope;
  // What follows is done in nobody's name.
  scopes.exit(() => {
    const open = listeners.get(origin) ?? new Set();
    const concerned = listener === undefined ? [...open] : open.has(listener) ? [listener] : [];
    for (const sensor of concerned) sensor(error);
    tell({ file: origin.file, error });
  });
  return true;
}

function scopeOf({ stack = '' }: Error): Scope | undefined {
  const origin = [...listeners.keys()].find(({ url }) => stack.includes(`${url}:`));
  return origin === undefined ? undefined : { origin, listener: undefined };
}
