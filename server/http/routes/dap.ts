// Routes the addresses of a dataset's responses: `/NAME.SUFFIX`, and for the first dataset also `/.SUFFIX`.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DAP2, type ResponseFormat, suffixesOf } from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { RequestError } from '../../request-error.ts';
import type { DapRequest } from '../responses/dap-request.ts';
import { DOCUMENTS, sendDocument } from '../responses/documents.ts';
import { sendRows } from '../responses/rows.ts';
import type { RouteContext } from '../server-state.ts';

type Responder = (request: DapRequest) => FastifyReply | Promise<FastifyReply>;

export function dapRoutes(app: FastifyInstance, context: RouteContext): void {
  const responders = respondersBySuffix(context);
  app.route<{ Params: { target: string } }>({
    method: ['GET', 'HEAD'],
    url: '/:target',
    handler(request, reply) {
      const { target } = request.params;
      const dot = target.lastIndexOf('.');
      const name = dot < 0 ? target : target.slice(0, dot);
      const datasets = context.state.datasets;
      const dataset = name === '' ? datasets[0] : datasets.find(({ info }) => info.name === name);
      if (dataset === undefined) throw unknownDataset(name, datasets);
      if (dot < 0) return reply.redirect(`${dataset.info.name}${DAP2.form.suffix}`, 302);
      const respond = responders.get(target.slice(dot));
      if (respond === undefined) throw unknownSuffix(target.slice(dot), [...responders.keys()]);
      return respond({ dataset, query: rawQuery(request), request, reply });
    },
  });
}

function respondersBySuffix(context: RouteContext): ReadonlyMap<string, Responder> {
  const { rowFormats, streams } = context;
  const entry = (format: ResponseFormat, respond: Responder) =>
    suffixesOf(format).map(suffix => [suffix, respond] as const);
  return new Map([
    ...rowFormats.flatMap(format => entry(format, request => sendRows(format, request, streams))),
    ...DOCUMENTS.flatMap(document => entry(document, request => sendDocument(document, request, context))),
  ]);
}

function rawQuery(request: FastifyRequest): string {
  const url = request.raw.url ?? '';
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

function unknownDataset(name: string, datasets: readonly Dataset[]): RequestError {
  const names = datasets.map(({ info }) => info.name).join(', ');
  return new RequestError(404, `expected a dataset (${names}), found "${name}"`);
}

function unknownSuffix(suffix: string, known: readonly string[]): RequestError {
  return new RequestError(404, `expected one of ${known.join(' ')}, found "${suffix}"`);
}
