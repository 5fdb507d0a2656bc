// Routes the addresses of a dataset's responses: `/NAME.SUFFIX`, `/past/NAME.SUFFIX`, and for the first dataset also `/.SUFFIX`.

import type { FastifyInstance, FastifyReply } from 'fastify';
import { DAP2, type ResponseFormat, suffixesOf } from '../../../dap/protocol.ts';
import { RequestError } from '../../request-error.ts';
import { relayHeader } from '../../source/relay-path.ts';
import { isForUsers } from '../guard.ts';
import { type DapRequest, rawQuery } from '../responses/dap-request.ts';
import { DOCUMENTS, sendDocument } from '../responses/documents.ts';
import { sendRows } from '../responses/rows.ts';
import type { RouteContext } from '../server-state.ts';
import { openDatasetOf, unknownSuffix } from './unknown.ts';

type Responder = (request: DapRequest) => FastifyReply | Promise<FastifyReply>;

export function dapRoutes(app: FastifyInstance, context: RouteContext): void {
  const responders = respondersBySuffix(context);
  const route = (url: string, isPast: boolean) =>
    app.route<{ Params: { target: string } }>({
      method: ['GET', 'HEAD'],
      url,
      config: { access: { dataset: ({ target = '' }) => split(target).name } },
      handler(request, reply) {
        const { target } = request.params;
        const { name, dot } = split(target);
        const dataset = openDatasetOf(name, context.state, [...responders.keys()]);
        const query = rawQuery(request);
        const suffix = dot < 0 ? DAP2.form.suffix : target.slice(dot);
        if (dot < 0 || (isPast && PAGES.has(suffix))) {
          const asked = dot < 0 || query === '' ? '' : `?${query}`;
          return reply.redirect(`${isPast ? '../' : ''}${dataset.info.name}${suffix}${asked}`, 302);
        }
        const respond = responders.get(suffix);
        if (respond === undefined) throw unknownSuffix(suffix, [...responders.keys()]);
        reply.headers(relayHeader(dataset.relayPath ?? []));
        const asked = {
          ...{ dataset, query, request, reply, isPast },
          isForUsers: isForUsers(dataset, context.state),
        };
        // The time of the newest row ends the answer.
        if (!isPast || dataset.load === undefined) return respond(asked);
        return dataset.load().then(isThere => {
          if (isThere) return respond(asked);
          throw new RequestError(503, `the rows of ${dataset.info.name} do not come; /health says why`);
        });
      },
    });
  route('/:target', false);
  // The same datasets for readers that need an end: without an upper bound their rows end with the newest one.
  route('/past/:target', true);
}

/** The name of a dataset before the suffix, and the place of the dot between them; negative without one. */
function split(target: string): { readonly name: string; readonly dot: number } {
  const dot = target.lastIndexOf('.');
  return { name: dot < 0 ? target : target.slice(0, dot), dot };
}

/** Pages for people, which stand beside the dataset alone. */
const PAGES: ReadonlySet<string> = new Set([DAP2.form, DAP2.info, DAP2.help].map(({ suffix }) => suffix));

function respondersBySuffix(context: RouteContext): ReadonlyMap<string, Responder> {
  const { rowFormats, streams } = context;
  const entry = (format: ResponseFormat, respond: Responder) =>
    suffixesOf(format).map(suffix => [suffix, respond] as const);
  return new Map([
    ...rowFormats.flatMap(format => entry(format, request => sendRows(format, request, streams))),
    ...DOCUMENTS.flatMap(document => entry(document, request => sendDocument(document, request, context))),
  ]);
}
