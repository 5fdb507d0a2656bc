// Reads from the folder of a release which version is the newest: `latest.json`, which `npm run release` writes.

import { z } from 'zod';
import { messageOf } from '../../device/index.ts';

export interface NewestRelease {
  readonly version: string;
  /** When its sources were last changed. */
  readonly date: Date | undefined;
  /** The address of its changes. */
  readonly changes: string | undefined;
}

/** For the request and the whole answer. */
const TIMEOUT_MS = 15_000;
/** Bytes; the file has about 120. */
const LONGEST = 64 * 1024;
/** Characters of an unexpected answer in a message. */
const SHOWN = 40;

const LATEST = z.object({
  name: z.literal('dapberry'),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/),
  date: z.iso.datetime().optional().catch(undefined),
  // The name of a file: another address is not followed.
  changes: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional()
    .catch(undefined),
});

/**
 * Asks the web server of a release, once.
 * @param base the address of the folder with latest.json
 * @param timeoutMs for the request and the answer
 * @throws one sentence: the address, what was expected and what was found
 */
export async function newestRelease(base: URL, timeoutMs = TIMEOUT_MS): Promise<NewestRelease> {
  const folder = new URL(base);
  folder.pathname = folder.pathname.replace(/\/*$/, '/');
  const address = new URL('latest.json', folder);
  const text = await textOf(address, timeoutMs);
  const { data } = LATEST.safeParse(parsed(text));
  if (data === undefined)
    throw new Error(
      `${address}: expected the file latest.json of a release of dapberry, found ${JSON.stringify(text.slice(0, SHOWN))}${text.length > SHOWN ? '...' : ''}`,
    );
  const { version, date, changes } = data;
  return {
    version,
    date: date === undefined ? undefined : new Date(date),
    changes: changes === undefined ? undefined : new URL(changes, folder).href,
  };
}

async function textOf(address: URL, timeoutMs: number): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(address, { signal, headers: { accept: 'application/json' } });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw new Error(`HTTP status ${answer.status}; is this the address of a release?`);
    }
    return await boundedText(answer);
  } catch (error) {
    const found = signal.aborted ? `none within ${timeoutMs / 1000} s` : reasonOf(error);
    throw new Error(`${address}: expected an answer, found ${found}`, { cause: error });
  }
}

async function boundedText({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    // Leaving the loop cancels the rest.
    if (length > LONGEST) throw new Error(`one of more than ${LONGEST / 1024} KiB`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  return messageOf(cause ?? error);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
