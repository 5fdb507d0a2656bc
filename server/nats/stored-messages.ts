// Looks up single messages of a stream by their subject: the last one, and the first one with rows behind a time.

import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { API_ERRORS, apiCode } from './fleet-fault.ts';
import { lastRowTime, MessageError } from './row-message.ts';

/** The messages of one subject. */
export interface StoredSubject {
  readonly manager: JetStreamManager;
  readonly stream: string;
  readonly subject: string;
}

/** The last message of a subject; undefined if there is none. */
export function lastMessage({ manager, stream, subject }: StoredSubject): Promise<StoredMsg | undefined> {
  return messageOrNone(manager.streams.getMessage(stream, { last_by_subj: subject }));
}

/**
 * The first message with a row after `time`; undefined if there is none. It is found by the times of the rows, which increase from
 * message to message: the clock of the broker may differ from that of the rows.
 */
export async function firstMessageAfter(at: StoredSubject, time: number): Promise<StoredMsg | undefined> {
  let found = await lastMessage(at);
  if (found === undefined || lastTimeIn(found) <= time) return undefined;
  let low = 1;
  let high = found.seq;
  while (low < high) {
    // The first message is tried first: often, all rows are wanted.
    const middle = low === 1 ? 1 : Math.floor((low + high) / 2);
    const next = await nextMessage(at, middle);
    if (next === undefined || next.seq >= high) high = middle;
    else if (lastTimeIn(next) > time) {
      found = next;
      high = middle;
    } else low = next.seq + 1;
  }
  return found;
}

/** The first message of the subject at or behind a sequence number. */
function nextMessage(
  { manager, stream, subject }: StoredSubject,
  seq: number,
): Promise<StoredMsg | undefined> {
  // The types of the library leave this request to direct reads; every server with JetStream answers it.
  const request = { seq, next_by_subj: subject } as unknown as { readonly seq: number };
  return messageOrNone(manager.streams.getMessage(stream, request));
}

/** The time of the last row of a message, or of the message itself if it has no rows that can be read. */
export function lastTimeIn({ data, time }: StoredMsg): number {
  try {
    return lastRowTime(data);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    return time.getTime() / 1000;
  }
}

async function messageOrNone(request: Promise<StoredMsg | null>): Promise<StoredMsg | undefined> {
  try {
    return (await request) ?? undefined;
  } catch (error) {
    if (apiCode(error) === API_ERRORS.messageNotFound) return undefined;
    throw error;
  }
}
