// Keeps the rows of a dataset, here or far away, for good: follows it, and writes the rows down as they come.

import { parseAddress } from '../../dap/client/http/address.ts';
import { readAttributes } from '../../dap/client/read/attributes.ts';
import { type FollowState, follow, ResponseError, type RowEncoder } from '../../dap/index.ts';
import { csvEncoder, csvHead, missingNumbers } from '../formats/csv-rows.ts';
import type { LastTime } from './file-end.ts';
import { Lock } from './lock.ts';
import { outputOf } from './output.ts';
import { RowCounter } from './row-counter.ts';
import { RowFiles } from './row-files.ts';
import { isSameShape, millisOf, type RowShape } from './row-shape.ts';
import { describeSource, type SourceAddress, sourceAddress } from './source.ts';
import { openStream, ReaderGone, type StreamOutput } from './stream-output.ts';

export interface PullOptions {
  /** The address of a dataset, with or without a constraint; `http://` may be left out. */
  readonly address: string;
  /**
   * Where the rows go: a file, with `{date}` in its name for a file a day, a FIFO or a device; `print` where it is left out or
   * names standard output.
   */
  readonly output?: string | undefined;
  /** Ends it after so many rows. */
  readonly rows?: number | undefined;
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
  readonly onState: (state: FollowState) => void;
  /** Is told of what happens to the files, and of what a person has to know of the rows. */
  readonly onNotice?: (text: string) => void;
  /** After rows were written: how many by now, and the time of the last in milliseconds since 1970; NaN for none. */
  readonly onRows: (count: number, millis: number) => void;
}

/** The server's columns are no longer those that are written; `shape` is what they are now, where that is known. */
class ColumnsChanged extends Error {
  readonly shape: RowShape | undefined;

  constructor(shape?: RowShape) {
    super('the columns of the dataset change all the time');
    this.shape = shape;
  }
}

/**
 * Writes the rows of an address down, for ever or until its constraint, `rows` or the signal ends it. Rows that the files
 * have already are not asked for again: what was written last is where it goes on, be it after a day. A reader of a stream
 * that has gone ends it too.
 * Rejects with what `follow` throws, and with a sentence for files that cannot be written or are not of a pull.
 */
export async function pull(options: PullOptions): Promise<void> {
  const { address, output: named, signal, print } = options;
  const source = sourceAddress(address);
  const output = await outputOf(named);
  try {
    if (output.kind === 'files') await pullIntoFiles(source, output.pattern, options);
    else if (output.kind === 'standard') await pullIntoStream(source, async text => print(text), options);
    else {
      let stream: StreamOutput | undefined;
      try {
        await pullIntoStream(
          source,
          async text => {
            stream ??= await openStream(output, signal);
            await stream.write(text);
          },
          options,
        );
      } finally {
        await stream?.close();
      }
    }
  } catch (error) {
    if (error instanceof ReaderGone || (signal.aborted && error === signal.reason)) return;
    throw error;
  }
}

async function pullIntoStream(
  { url, constraint }: SourceAddress,
  write: (text: string) => Promise<void>,
  { rows: most, signal, onState, onNotice, onRows }: PullOptions,
): Promise<void> {
  const counter = new RowCounter(most);
  const tellState = statesTold(onState, onNotice);
  let encode: RowEncoder | undefined;
  for await (const batch of follow(url, { constraint, signal, onState: tellState })) {
    const rows = counter.take(batch);
    if (counter.count === rows.length) await write(`${csvHead(rows.sequence)}\n`);
    encode ??= csvEncoder(
      rows.sequence,
      // Without the attributes the rows come all the same.
      missingNumbers(
        rows.sequence,
        (await readAttributes(parseAddress(url, constraint), { signal })).attributes,
      ),
    );
    await write(Buffer.from(encode(rows)).toString());
    onRows(counter.count, Number.NaN);
    if (counter.isFull) return;
  }
}

async function pullIntoFiles(source: SourceAddress, pattern: string, options: PullOptions): Promise<void> {
  const { signal, onNotice = () => {} } = options;
  const describing = {
    signal,
    onFailure: (reason: string, delay: number) =>
      options.onState({ state: 'reconnecting', attempt: 1, delay, reason }),
  };
  let shape = await describeSource(source, describing);
  const locking = { signal, tell: onNotice };
  const naming = { pattern, tell: onNotice, lock: (path: string) => Lock.take(path, locking) };
  let files = new RowFiles({ ...naming, shape });
  const lock = await Lock.take(pattern, locking);
  const counter = new RowCounter(options.rows);
  try {
    for (;;) {
      const after = await files.earlier();
      try {
        await fill(files, { source, shape, after, counter, lock, describing }, options);
        return;
      } catch (error) {
        const found = await changedShape(error, shape, () => describeSource(source, describing));
        if (found === undefined) throw error;
        const isRetyped = found.head === shape.head && !isSameShape(found, shape);
        if (isRetyped) onNotice(`the server has changed the types of the columns, ${found.head}`);
        await files.close();
        shape = found;
        files = new RowFiles({ ...naming, shape, anew: isRetyped });
      }
    }
  } finally {
    await files.close();
    await lock?.release();
  }
}

interface FillTask {
  readonly source: SourceAddress;
  readonly shape: RowShape;
  readonly after: LastTime | undefined;
  readonly counter: RowCounter;
  readonly lock: Lock | undefined;
  readonly describing: Parameters<typeof describeSource>[1];
}

/** Writes rows of one shape. Throws `ColumnsChanged` as soon as the server has another, and what `follow` throws. */
async function fill(
  files: RowFiles,
  { source, shape, after, counter, lock, describing }: FillTask,
  { signal, onState, onNotice, onRows }: PullOptions,
): Promise<void> {
  const { url, constraint } = source;
  let [connections, looked] = [0, 1];
  const tellState = statesTold(state => {
    if (state.state === 'connecting') connections += 1;
    onState(state);
  }, onNotice);
  const rows = follow(url, {
    constraint,
    signal,
    onState: tellState,
    ...(after === undefined ? {} : { after }),
  });
  for await (const batch of rows) {
    if (csvHead(batch.sequence) !== shape.head) throw new ColumnsChanged();
    // A column that has joined the others is not in the rows of a stream that began without it.
    if (connections !== looked) {
      const now = await describeSource(source, describing);
      if (!isSameShape(now, shape)) throw new ColumnsChanged(now);
      looked = connections;
    }
    const taken = counter.peek(batch);
    await lock?.verify();
    await files.write(taken);
    counter.take(batch);
    onRows(counter.count, millisOf(shape, taken.columns, taken.length - 1));
    if (counter.isFull) return;
  }
}

/** The shape of the rows by now, where the error comes from another one; undefined for any other error. */
async function changedShape(
  error: unknown,
  before: RowShape,
  describe: () => Promise<RowShape>,
): Promise<RowShape | undefined> {
  if (error instanceof ColumnsChanged) return error.shape ?? (await describe());
  if (!(error instanceof ResponseError)) return undefined;
  const now = await describe().catch(() => undefined);
  return now === undefined || isSameShape(now, before) ? undefined : now;
}

/** Tells states as they are, and of a seam in words. */
function statesTold(
  onState: (state: FollowState) => void,
  onNotice: (text: string) => void = () => {},
): (state: FollowState) => void {
  return state => {
    if (state.state === 'seam') onNotice(state.reason);
    onState(state);
  };
}
