// Follows a dataset and writes its rows into files or a stream as they arrive.

import { parseAddress } from '../../dap/client/http/address.ts';
import type { Fetch } from '../../dap/client/http/connection.ts';
import { readAttributes } from '../../dap/client/read/attributes.ts';
import { DapError, type FollowState, follow, ResponseError, type RowEncoder } from '../../dap/index.ts';
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
   * A file, with `{date}` in its name for one file per day, a FIFO or a device; by default and for standard output, rows go to
   * `print`.
   */
  readonly output?: string | undefined;
  /** Stops after this many rows. */
  readonly rows?: number | undefined;
  readonly signal: AbortSignal;
  /** Makes the requests, such as with credentials; the platform's by default. */
  readonly fetch?: Fetch | undefined;
  readonly print: (text: string) => void;
  readonly onState: (state: FollowState) => void;
  /** Reports changes of the files, and notices about the rows. */
  readonly onNotice?: (text: string) => void;
  /** Reports, after a write, the number of rows so far and the time of the last in milliseconds since 1970; NaN if unknown. */
  readonly onRows: (count: number, millis: number) => void;
}

/** The server's columns have changed; `shape` has the new ones, if known. */
class ColumnsChanged extends Error {
  readonly shape: RowShape | undefined;

  constructor(shape?: RowShape) {
    super('the columns of the dataset keep changing');
    this.shape = shape;
  }
}

/**
 * Writes the rows of an address until its constraint, `rows` or the signal ends it. It continues after the last written row,
 * even after days. The end of a stream's reader ends it too.
 * Rejects with the errors of `follow`, and with a sentence for files that cannot be written or are not of a pull.
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
    throw lacksLogin(error) ? new Error(`${error.message}: ${LOGIN_ADVICE}`, { cause: error }) : error;
  }
}

const LOGIN_ADVICE =
  'set $DAPBERRY_TOKEN, or $DAPBERRY_USER and $DAPBERRY_PASSWORD, or put the login into ~/.netrc';

/** Whether a dapberry server wants a login and got none; servers of other programs say so in other words. */
function lacksLogin(error: unknown): error is DapError {
  return error instanceof DapError && error.code === 401 && error.message.endsWith('found none');
}

async function pullIntoStream(
  { url, constraint }: SourceAddress,
  write: (text: string) => Promise<void>,
  { rows: most, signal, fetch, onState, onNotice, onRows }: PullOptions,
): Promise<void> {
  const counter = new RowCounter(most);
  const requesting = { signal, ...(fetch === undefined ? {} : { fetch }) };
  const tellState = statesTold(onState, onNotice);
  let encode: RowEncoder | undefined;
  for await (const batch of follow(url, { constraint, ...requesting, onState: tellState })) {
    const rows = counter.take(batch);
    if (counter.count === rows.length) await write(`${csvHead(rows.sequence)}\n`);
    encode ??= csvEncoder(
      rows.sequence,
      // Rows can be written without the attributes.
      missingNumbers(
        rows.sequence,
        (await readAttributes(parseAddress(url, constraint), requesting)).attributes,
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
    fetch: options.fetch,
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
        files = new RowFiles({ ...naming, shape, startsNewFile: isRetyped });
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

/** Writes rows of one shape. Throws `ColumnsChanged` as soon as the server has another shape, and the errors of `follow`. */
async function fill(
  files: RowFiles,
  { source, shape, after, counter, lock, describing }: FillTask,
  { signal, fetch, onState, onNotice, onRows }: PullOptions,
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
    ...(fetch === undefined ? {} : { fetch }),
    onState: tellState,
    ...(after === undefined ? {} : { after }),
  });
  for await (const batch of rows) {
    if (csvHead(batch.sequence) !== shape.head) throw new ColumnsChanged();
    // A new column is not in the rows of a stream that began before it.
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

/** The new shape if a changed shape caused the error; undefined for any other error. */
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

/** Passes states on, and reports a seam as a notice. */
function statesTold(
  onState: (state: FollowState) => void,
  onNotice: (text: string) => void = () => {},
): (state: FollowState) => void {
  return state => {
    if (state.state === 'seam') onNotice(state.reason);
    onState(state);
  };
}
