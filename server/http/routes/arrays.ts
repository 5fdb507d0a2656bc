// Routes the addresses of stretches of a dataset as Arrays: `/NAME/2026-11-28.SUFFIX` and so on.

import type { FastifyInstance, FastifyReply } from 'fastify';
import { instantText } from '../../../dap/model/instant.ts';
import { DAP2, suffixesOf } from '../../../dap/protocol.ts';
import { parseStretch } from '../../dataset/stretch-name.ts';
import { RequestError } from '../../request-error.ts';
import { isForUsers, NO_NAME } from '../guard.ts';
import { ARRAY_FORMATS, sendArrays } from '../responses/array-data.ts';
import { ARRAY_DOCUMENTS, sendArrayDocument } from '../responses/array-documents.ts';
import { type ArrayRequest, findArrays } from '../responses/array-request.ts';
import { rawQuery } from '../responses/dap-request.ts';
import type { RouteContext } from '../server-state.ts';
import { openDatasetOf, unknownSuffix } from './unknown.ts';

type Responder = (request: ArrayRequest) => FastifyReply | Promise<FastifyReply>;

export function arrayRoutes(app: FastifyInstance, { state, streams, rowFormats }: RouteContext): void {
  const responders = new Map<string, Responder>([
    ...ARRAY_FORMATS.flatMap(format =>
      suffixesOf(format).map(
        suffix => [suffix, (asked: ArrayRequest) => sendArrays(format, asked, streams)] as const,
      ),
    ),
    ...ARRAY_DOCUMENTS.flatMap(document =>
      suffixesOf(document).map(
        suffix => [suffix, (asked: ArrayRequest) => sendArrayDocument(document, asked)] as const,
      ),
    ),
  ]);
  app.route<{ Params: { dataset: string; target: string } }>({
    method: ['GET', 'HEAD'],
    url: '/:dataset/:target',
    config: { access: { dataset: ({ dataset = '' }) => dataset || NO_NAME } },
    async handler(request, reply) {
      const { dataset: wanted, target } = request.params;
      const dataset = openDatasetOf(wanted || NO_NAME, state);
      const { name, suffix } = split(target);
      const respond = suffix === undefined ? undefined : responders.get(suffix);
      const time = parseStretch(name, (expected, found) => {
        throw new RequestError(400, `/${wanted}/${name}: expected ${expected}, found ${found}`);
      });
      if (suffix !== undefined && respond === undefined) {
        const isOfRows = rowFormats.some(format => suffixesOf(format).includes(suffix));
        const [from, to] = [time.from, time.to].map(instantText);
        const rows = `; the same rows are at /${wanted}${suffix}?&time>=${from}&time<${to}`;
        throw unknownSuffix(suffix, [...responders.keys()], isOfRows ? rows : '');
      }
      if (respond === undefined) return reply.redirect(`${encodeURIComponent(name)}${DAP2.form.suffix}`, 302);
      return respond(
        await findArrays(
          dataset,
          time,
          { name, query: rawQuery(request), request, reply, isForUsers: isForUsers(dataset, state) },
          state,
        ),
      );
    },
  });
}

/** The name of a stretch and the suffix behind it. A point may also stand before the fraction of a second. */
function split(target: string): { readonly name: string; readonly suffix: string | undefined } {
  const suffix = /\.[A-Za-z]\w*$/.exec(target)?.[0];
  return { name: suffix === undefined ? target : target.slice(0, -suffix.length), suffix };
}
