// Lists the responses for Arrays that hold no values: structure, attributes, version, and the pages for people.

import type { FastifyReply } from 'fastify';
import { DAP2, printDas, printDds, type ResponseFormat } from '../../../dap/protocol.ts';
import { SERVER_NAME } from '../../version.ts';
import { arrayFormPage, arrayFormTarget } from '../pages/array-form.ts';
import { arrayHelpPage, arrayInfoPage } from '../pages/array-pages.ts';
import { ARRAY_FORMATS } from './array-data.ts';
import { type ArrayRequest, arrayPlanOf } from './array-request.ts';
import { checkedAgain, etagOf, isKnown, sendKnown } from './caching.ts';
import { setHeaders } from './dap-request.ts';

/** A response that is complete at once. */
export interface ArrayDocument extends ResponseFormat {
  write(request: ArrayRequest): string | FastifyReply;
}

/** In the order in which pages list them. */
export const ARRAY_DOCUMENTS: readonly ArrayDocument[] = [
  { ...DAP2.form, summary: 'a form to choose variables and index ranges', write: writeForm },
  { ...DAP2.info, write: request => arrayInfoPage(request, formats()) },
  { ...DAP2.dds, write: request => printDds(arrayPlanOf(request).dataset) },
  { ...DAP2.das, write: ({ attributes }) => printDas(attributes) },
  { ...DAP2.version, write: () => `Core version: dap/2.0\nServer version: ${SERVER_NAME}\n` },
  { ...DAP2.help, write: request => arrayHelpPage(request, formats()) },
];

/** Answers a request with a document. */
export function sendArrayDocument(document: ArrayDocument, request: ArrayRequest): FastifyReply {
  const written = document.write(request);
  if (typeof written !== 'string') return written;
  const etag = etagOf(written);
  const reply = setHeaders(request.reply, document).headers(checkedAgain(etag, request.isForUsers));
  return isKnown(request.request, etag) ? sendKnown(reply) : reply.send(written);
}

/** All responses for Arrays. */
function formats(): readonly ResponseFormat[] {
  return [...ARRAY_FORMATS, ...ARRAY_DOCUMENTS];
}

function writeForm(request: ArrayRequest): FastifyReply {
  const { reply } = request;
  setHeaders(reply, DAP2.form);
  const target = arrayFormTarget(request, formats());
  if (target !== undefined) return reply.redirect(target, 303);
  const { status, page } = arrayFormPage(request, formats());
  return reply.code(status).send(page);
}
