// Routes the addresses of a dataset's responses: `/NAME.SUFFIX`, and for the first dataset also `/.SUFFIX`.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DAP2, type ResponseFormat, suffixesOf } from '../../../dap/index.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { RowFormat } from '../../formats/row-format.ts';
import type { ClockState } from '../../machine/clock-watch.ts';
import { RequestError } from '../../request-error.ts';
import type { OpenStreams } from '../../stream/open-streams.ts';
import type { DapRequest } from '../responses/dap-request.ts';
import { DOCUMENTS, sendDocument } from '../responses/documents.ts';
import { sendRows } from '../responses/rows.ts';

type Responder = (request: DapRequest) => FastifyReply | Promise<FastifyReply>;

interface DapSources {
  /** Called at each request, since a reload may change them. */
  readonly datasets: () => readonly Dataset[];
  readonly streams: OpenStreams;
  readonly clock: () => ClockState | undefined;
  readonly rowFormats: readonly RowFormat[];
  /** All formats that the server offers. */
  readonly formats: readonly ResponseFormat[];
}

export function dapRoutes(app: FastifyInstance, sources: DapSources): void {
  const responders = respondersBySuffix(sources);
  app.route<{ Params: { target: string } }>({
    method: ['GET', 'HEAD'],
    url: '/:target',
    handler(request, reply) {
      const { target } = request.params;
      const dot = target.lastIndexOf('.');
      const name = dot < 0 ? target : target.slice(0, dot);
      const datasets = sources.datasets();
      const dataset = name === '' ? datasets[0] : datasets.find(({ info }) => info.name === name);
      if (dataset === undefined) throw unknownDataset(name, datasets);
      if (dot < 0) return reply.redirect(`${dataset.info.name}${DAP2.form.suffix}`, 302);
      const respond = responders.get(target.slice(dot));
      if (respond === undefined) throw unknownSuffix(target.slice(dot), [...responders.keys()]);
      return respond({ dataset, query: rawQuery(request), request, reply });
    },
  });
}

function respondersBySuffix({ rowFormats, streams, ...context }: DapSources): ReadonlyMap<string, Responder> {
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
