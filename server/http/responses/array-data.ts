// Answers a request with the values of Arrays, as binary data or as text, variable by variable.

import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import {
  type ArrayWriter,
  asciiArraysHeader,
  DAP2,
  encodeHeader,
  type PlannedArray,
  printDds,
  type ResponseFormat,
  textArrayWriter,
  xdrArraySize,
  xdrArrayWriter,
} from '../../../dap/protocol.ts';
import { factsOf } from '../../dataset/fixed-window.ts';
import type { SequenceColumn } from '../../source/row-source.ts';
import { type BodyPart, ColumnBody } from '../../stream/column-body.ts';
import type { OpenStreams } from '../../stream/open-streams.ts';
import { type ArrayRequest, arrayPlanOf, refusalOf } from './array-request.ts';
import { isKnown, sendKnown, setCaching, windowCaching } from './caching.ts';
import { clientOf, setHeaders } from './dap-request.ts';

type NumberType = Parameters<typeof xdrArrayWriter>[0];

/** A format for the values of Arrays. */
export interface ArrayFormat extends ResponseFormat {
  /** The value of the label `encoding` in metrics. */
  readonly name: string;
  head(request: ArrayRequest, dataset: ArrayRequest['model']): Uint8Array;
  writer(type: NumberType, name: string, count: number): ArrayWriter;
  /** The bytes of an Array with its head and tail; undefined where they depend on the values. */
  readonly size: ((type: NumberType, count: number) => number) | undefined;
}

export const ARRAY_FORMATS: readonly ArrayFormat[] = [
  {
    ...DAP2.ascii,
    name: 'ascii',
    summary: 'the values as text, one variable a line',
    head: (_request, dataset) => Buffer.from(asciiArraysHeader(dataset)),
    writer: textArrayWriter,
    size: undefined,
  },
  {
    ...DAP2.dods,
    name: 'dods',
    summary: 'the values as DAP2 binary data',
    head: (_request, dataset) => encodeHeader(dataset),
    writer: (type, _name, count) => xdrArrayWriter(type, count),
    size: xdrArraySize,
  },
];

/** Begins the response; checks everything that can be wrong before the first byte is sent. */
export async function sendArrays(
  format: ArrayFormat,
  asked: ArrayRequest,
  streams: OpenStreams,
): Promise<FastifyReply> {
  const { dataset, request, reply, stretch, query } = asked;
  const plan = arrayPlanOf(asked);
  const content = [format.suffix, query, printDds(plan.dataset)];
  const facts = await factsOf(stretch).catch((error: unknown) => {
    throw refusalOf(dataset, asked.name, error);
  });
  const caching = windowCaching(facts, content, asked.isForUsers);
  const head = format.head(asked, plan.dataset);
  setCaching(setHeaders(reply, format), caching);
  if (isKnown(request, caching.etag)) return sendKnown(reply);
  const { size } = format;
  if (size !== undefined) {
    const sizes = plan.arrays.map(array => size(typeOf(columnOf(asked, array)), array.count));
    reply.header(
      'Content-Length',
      sizes.reduce((sum, bytes) => sum + bytes, head.length),
    );
  }
  if (request.method === 'HEAD') return reply.send();
  const { info, delivery } = dataset;
  const stream = { address: clientOf(request), dataset: info.name, delivery, format: format.name };
  streams.admit(stream);
  const parts = plan.arrays.flatMap(array => partsOf(format, columnOf(asked, array), array));
  const source = new ColumnBody(stretch, [head, ...parts]);
  const response = reply.raw;
  // Errors up to here are answered.
  response.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
  reply.hijack();
  streams.beginBody(stream, { response, source });
  return reply;
}

function partsOf(format: ArrayFormat, column: SequenceColumn, array: PlannedArray): readonly BodyPart[] {
  const { index, start, stride, count } = array;
  const { head, valueBytes, put, tail } = format.writer(typeOf(column), column.name, count);
  return [head, { column: index, range: { start, stride, count }, valueBytes, put }, tail];
}

function columnOf({ dataset }: ArrayRequest, { index }: PlannedArray): SequenceColumn {
  return dataset.layout.columns[index]!;
}

/** Every column of a dataset holds numbers. */
function typeOf({ type }: SequenceColumn): NumberType {
  return type as NumberType;
}
