// Lists the responses of DAP2 that hold no rows: structure, attributes, version, and the pages for people.

import type { FastifyReply } from 'fastify';
import {
  type AttributeTable,
  DAP2,
  planAttributes,
  printDas,
  printDds,
  type ResponseFormat,
  type Sequence,
} from '../../../dap/protocol.ts';
import { stateAttributes } from '../../dataset/state-attributes.ts';
import { SERVER_NAME } from '../../version.ts';
import { formPage, formTarget } from '../pages/form.ts';
import { helpPage } from '../pages/help.ts';
import { infoPage } from '../pages/info.ts';
import { rootOf } from '../pages/own-address.ts';
import type { RouteContext } from '../server-state.ts';
import { type DapRequest, planOf, setHeaders } from './dap-request.ts';

/** The parts of the server that a document depends on. */
export type DocumentContext = Pick<RouteContext, 'formats' | 'state'>;

/** A response that is complete at once. */
export interface DocumentFormat extends ResponseFormat {
  /** The text of the response; a page answers by itself where it redirects or has a status of its own. */
  write(request: DapRequest, context: DocumentContext): string | FastifyReply;
}

/** In the order in which pages list them. */
export const DOCUMENTS: readonly DocumentFormat[] = [
  { ...DAP2.form, write: writeForm },
  {
    ...DAP2.info,
    write: ({ dataset, request }, context) =>
      infoPage(dataset, attributesOf(dataset, context), context.formats, rootOf(request)),
  },
  { ...DAP2.dds, write: request => printDds(planOf(request).dataset) },
  { ...DAP2.das, write: (request, context) => printDas(requestedAttributes(request, context)) },
  {
    ...DAP2.version,
    write: () => `Core version: dap/2.0\nServer version: ${SERVER_NAME}\n`,
  },
  { ...DAP2.help, write: ({ dataset, request }, { formats }) => helpPage(dataset, formats, request) },
];

/** Answers a request with a document. */
export function sendDocument(
  document: DocumentFormat,
  request: DapRequest,
  context: DocumentContext,
): FastifyReply {
  const written = document.write(request, context);
  return typeof written === 'string' ? setHeaders(request.reply, document).send(written) : written;
}

function attributesOf(dataset: DapRequest['dataset'], { state }: DocumentContext): AttributeTable {
  return stateAttributes(dataset, state.clock?.synchronized);
}

/** The attributes of the dataset, or of the columns that a function makes of its columns; clients ask with and without the constraint. */
function requestedAttributes(request: DapRequest, context: DocumentContext): AttributeTable {
  const { dataset, query } = request;
  const attributes = attributesOf(dataset, context);
  // Only a function changes the attributes: whatever else a client sends for a DAS is not read.
  if (!query.includes('(') && !/%28/i.test(query)) return attributes;
  const [source] = dataset.model.variables as readonly [Sequence];
  return planAttributes(planOf(request), source, attributes);
}

function writeForm(
  { dataset, query, request, reply }: DapRequest,
  { formats }: DocumentContext,
): FastifyReply {
  const now = Date.now() / 1000;
  setHeaders(reply, DAP2.form);
  const target = formTarget(dataset, query, now, formats);
  if (target !== undefined) return reply.redirect(target, 303);
  const { status, page } = formPage(dataset, query, now, formats, rootOf(request));
  return reply.code(status).send(page);
}
