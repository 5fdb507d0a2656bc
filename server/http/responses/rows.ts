// Answers a request with a stream of rows.

import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Plan } from '../../../dap/protocol.ts';
import type { RowFormat } from '../../formats/row-format.ts';
import { ipOf } from '../../network/ip-address.ts';
import { RequestError } from '../../request-error.ts';
import type { OpenStreams } from '../../stream/open-streams.ts';
import { RowEncoding } from '../../stream/row-encoding.ts';
import type { SharedRows } from '../../stream/shared-rows.ts';
import { type DapRequest, planOf, setHeaders } from './dap-request.ts';

/** Begins a stream; checks everything that can be wrong before the first byte is sent. */
export function sendRows(
  format: RowFormat,
  asked: DapRequest,
  streams: OpenStreams,
): FastifyReply | Promise<FastifyReply> {
  const { dataset, request, reply } = asked;
  setHeaders(reply, format);
  const plan = planOf(asked);
  const { failure } = dataset.status();
  if (failure !== undefined && dataset.delivery.kind !== 'on-demand') {
    throw new RequestError(503, `the dataset ${dataset.info.name} gives no more rows: ${failure}`);
  }
  // Fastify would read the body of a HEAD, which is endless.
  if (request.method === 'HEAD') return nameFile(format, asked).send();
  // A format that is loaded already goes on at once, so that the stream begins with the very next row.
  if (plan.thinning === undefined)
    return afterwards(streams.shared.of(dataset, format, plan), shared =>
      begin(format, asked, streams, { plan, encoding: shared.encoding, shared }),
    );
  return afterwards(format.open({ plan, attributes: dataset.attributes }), writer =>
    begin(format, asked, streams, { plan, encoding: new RowEncoding(writer) }),
  );
}

interface OpenedRows {
  readonly plan: Plan;
  readonly encoding: RowEncoding;
  readonly shared?: SharedRows;
}

function begin(format: RowFormat, asked: DapRequest, streams: OpenStreams, rows: OpenedRows): FastifyReply {
  const { dataset, request, reply } = asked;
  const { info, delivery } = dataset;
  const stream = { address: clientOf(request), dataset: info.name, delivery, format: format.name };
  streams.admit(stream);
  nameFile(format, asked);
  // Fastify keeps nothing of a stream, which lasts: there may be thousands of them.
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
  const { head, headForBrowser } = rows.encoding.writer;
  streams.begin(stream, {
    ...rows,
    response,
    head: headForBrowser !== undefined && isFromBrowser(request) ? headForBrowser() : head,
    cursor: dataset.open(rows.plan),
  });
  return reply;
}

/** Names the file that a browser saves the rows as. An answer with an error is shown instead, and gets no such header. */
function nameFile({ isDownload, suffix }: RowFormat, { dataset, reply }: DapRequest): FastifyReply {
  if (isDownload !== true) return reply;
  return reply.header('Content-Disposition', `attachment; filename="${dataset.info.name}${suffix}"`);
}

/** Whether a browser shows the response as a page: no program that reads rows asks for HTML. */
function isFromBrowser({ headers: { accept = '' } }: FastifyRequest): boolean {
  return /(?:^|,)\s*text\/html\s*(?:[;,]|$)/i.test(accept);
}

/** The client's address, as a trusted proxy gives it; the proxy's own where it gives none that is valid. */
function clientOf({ ip, raw }: FastifyRequest): string {
  return ipOf(ip) ?? ipOf(raw.socket.remoteAddress) ?? '';
}

function afterwards<T, R>(value: T | Promise<T>, next: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
