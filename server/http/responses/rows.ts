// Answers a request with a stream of rows.

import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { printDas, printDds, STORED_UNTIL } from '../../../dap/protocol.ts';
import { fixedWindow } from '../../dataset/fixed-window.ts';
import { fileName } from '../../formats/file-name.ts';
import type { RowFormat, RowRequest } from '../../formats/row-format.ts';
import { RequestError } from '../../request-error.ts';
import { isResumed } from '../../source/row-source.ts';
import type { OpenStreams } from '../../stream/open-streams.ts';
import { RowEncoding } from '../../stream/row-encoding.ts';
import type { SharedRows } from '../../stream/shared-rows.ts';
import { isForPeople, varyByAccept } from '../accept.ts';
import { type Caching, isKnown, sendKnown, setCaching, windowCaching } from './caching.ts';
import { clientOf, type DapRequest, setHeaders } from './dap-request.ts';
import { rowRequest } from './row-request.ts';

/** Begins a stream; checks everything that can be wrong before the first byte is sent. */
export function sendRows(
  format: RowFormat,
  asked: DapRequest,
  streams: OpenStreams,
): FastifyReply | Promise<FastifyReply> {
  const { dataset, reply } = asked;
  setHeaders(reply, format);
  if (format.headForBrowser !== undefined) varyByAccept(reply);
  const rows = rowRequest(format, asked);
  if (rows === 'complete') return reply.code(204).removeHeader('Content-Type').send();
  const { failure, store } = dataset.status();
  if (failure !== undefined && dataset.delivery.kind !== 'on-demand') {
    throw new RequestError(503, `the dataset ${dataset.info.name} gives no more rows: ${failure}`);
  }
  const storedUntil = store?.history?.lastTimeBefore;
  if (storedUntil !== undefined) reply.header(STORED_UNTIL, storedUntil);
  const { time, isRelative } = rows.plan;
  const mayLast = !isRelative && format.revise === undefined && Number.isFinite(time.high - time.low);
  return mayLast ? sendFixed(format, asked, streams, rows) : sendAll(format, asked, streams, rows);
}

/** Sends the rows of a window, with the headers for caches if no row comes to it any more. */
async function sendFixed(
  format: RowFormat,
  asked: DapRequest,
  streams: OpenStreams,
  rows: RowRequest,
): Promise<FastifyReply> {
  const { dataset, plan, options, attributes, address } = rows;
  const window = await fixedWindow(dataset, plan.time);
  if (window === undefined) return sendAll(format, asked, streams, rows);
  const isForBrowser = headForBrowser(format, asked) !== undefined;
  const content = [
    ...[format.name, options, address, printDds(plan.dataset), printDas(attributes)],
    ...(isForBrowser ? ['browser'] : []),
  ];
  const caching = windowCaching(window, content, asked.isForUsers === true);
  if (!isKnown(asked.request, caching.etag))
    return sendAll(format, asked, streams, rows, {
      caching,
      from: window.rows > 0 ? window.position : undefined,
    });
  return sendKnown(setCaching(asked.reply, caching));
}

/** Rows that a cache may keep. */
interface FixedRows {
  readonly caching: Caching;
  /** The position of the first row; undefined without a row. */
  readonly from: number | undefined;
}

function sendAll(
  format: RowFormat,
  asked: DapRequest,
  streams: OpenStreams,
  rows: RowRequest,
  fixed?: FixedRows,
): FastifyReply | Promise<FastifyReply> {
  const { request } = asked;
  // Fastify would read the body of a HEAD, which is endless.
  if (request.method === 'HEAD') {
    const reply = nameFile(format, asked, rows);
    return (fixed === undefined ? reply : setCaching(reply, fixed.caching)).send();
  }
  // A format that is loaded already goes on at once, so that the stream begins with the very next row.
  return afterwards(encodingOf(format, rows, streams), encoded =>
    begin(format, asked, streams, rows, encoded, fixed),
  );
}

interface EncodedRows {
  readonly encoding: RowEncoding;
  readonly shared?: SharedRows;
}

function encodingOf(
  format: RowFormat,
  rows: RowRequest,
  streams: OpenStreams,
): EncodedRows | Promise<EncodedRows> {
  const { dataset, plan, options } = rows;
  const own = format.openFor?.(rows);
  if (own === undefined && plan.thinning === undefined)
    return afterwards(streams.shared.of(dataset, format, plan, options), shared => ({
      encoding: shared.encoding,
      shared,
    }));
  return afterwards(own ?? format.open(rows), opened => ({ encoding: new RowEncoding(opened) }));
}

function begin(
  format: RowFormat,
  asked: DapRequest,
  streams: OpenStreams,
  rows: RowRequest,
  encoded: EncodedRows,
  fixed?: FixedRows,
): FastifyReply {
  const { request, reply } = asked;
  const { dataset, plan } = rows;
  const { info, delivery } = dataset;
  const stream = { address: clientOf(request), dataset: info.name, delivery, format: format.name };
  streams.admit(stream);
  const { head: usual, headers = {} } = encoded.encoding.writer;
  nameFile(format, asked, { plan }).headers(headers);
  if (fixed !== undefined) setCaching(reply, fixed.caching);
  const head = headForBrowser(format, asked)?.(rows) ?? usual;
  const options = { ...encoded, plan, head, wholeFrom: fixed?.from };
  const response = reply.raw;
  // Errors up to here are answered.
  const cursor = dataset.open(plan);
  try {
    response.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
  } catch (error) {
    cursor.close();
    throw error;
  }
  // Fastify keeps nothing of a stream, which lasts: there may be thousands of them.
  reply.hijack();
  streams.begin(stream, { ...options, response, cursor, isResumed: isResumed(dataset) });
  return reply;
}

/** Makes the head for a browser; undefined where the format has none, and for other programs. */
function headForBrowser(format: RowFormat, { request }: DapRequest): RowFormat['headForBrowser'] {
  return isForPeople(request.headers.accept) ? format.headForBrowser : undefined;
}

/** Names the file that a browser saves the rows as. An answer with an error is shown instead, and gets no such header. */
function nameFile(
  { isDownload, suffix }: RowFormat,
  { dataset, reply }: DapRequest,
  { plan }: Pick<RowRequest, 'plan'>,
): FastifyReply {
  if (isDownload !== true) return reply;
  const name = fileName(dataset.info.name, suffix, plan.time);
  return reply.header('Content-Disposition', `attachment; filename="${name}"`);
}

function afterwards<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
