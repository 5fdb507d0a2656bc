// The addresses of a dataset's DAP2 responses: `/NAME.SUFFIX`, and for the first dataset also `/.SUFFIX`.

import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Plan, parseConstraint, planConstraint, printDas, printDds } from '../../../dap/index.ts';
import { clockAttributes } from '../../dataset/clock-attributes.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { missingValues } from '../../dataset/describe.ts';
import type { ClockState } from '../../machine/clock-watch.ts';
import { ipOf } from '../../network/ip-address.ts';
import { RequestError } from '../../request-error.ts';
import { type EncodingName, encodingForPerson, encodingOf } from '../../stream/encoding.ts';
import type { OpenStreams } from '../../stream/open-streams.ts';
import { SERVER_NAME } from '../../version.ts';
import { formPage, formTarget } from '../pages/form.ts';
import { helpPage } from '../pages/help.ts';
import { infoPage } from '../pages/info.ts';

/** One request of a dataset's address: `query` is raw, as sent, without `?`. */
interface DapRequest {
  readonly dataset: Dataset;
  readonly query: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

type Responder = (asked: DapRequest) => unknown;

/** `datasets` is asked at each request: others may be there by then. */
export function dapRoutes(
  app: FastifyInstance,
  datasets: () => readonly Dataset[],
  streams: OpenStreams,
  clock: () => ClockState | undefined,
): void {
  const responders = createResponders(streams, clock);
  app.route<{ Params: { target: string } }>({
    method: ['GET', 'HEAD'],
    url: '/:target',
    handler(request, reply) {
      const { target } = request.params;
      const dot = target.lastIndexOf('.');
      const name = dot < 0 ? target : target.slice(0, dot);
      const now = datasets();
      const dataset = name === '' ? now[0] : now.find(({ info }) => info.name === name);
      if (dataset === undefined) throw unknownDataset(name, now);
      if (dot < 0) return reply.redirect(`${dataset.info.name}.html`, 302);
      const respond = responders.get(target.slice(dot + 1));
      if (respond === undefined) throw unknownSuffix(target.slice(dot), [...responders.keys()]);
      return respond({ dataset, query: rawQuery(request), request, reply });
    },
  });
}

function createResponders(
  streams: OpenStreams,
  clock: () => ClockState | undefined,
): ReadonlyMap<string, Responder> {
  const attributesOf = (dataset: Dataset) => clockAttributes(dataset, clock()?.synchronized);
  const ascii: Responder = asked =>
    sendRows(describe(asked, 'text/plain; charset=utf-8', 'dods-ascii'), 'ascii', streams);
  return new Map<string, Responder>([
    ['dds', asked => sendText(asked, 'dods-dds', printDds(planOf(asked).dataset))],
    ['das', asked => sendText(asked, 'dods-das', printDas(attributesOf(asked.dataset)))],
    ['dods', asked => sendRows(describe(asked, 'application/octet-stream', 'dods-data'), 'dods', streams)],
    ['asc', ascii],
    ['ascii', ascii],
    [
      'ver',
      asked => sendText(asked, 'dods-version', `Core version: dap/2.0\nServer version: ${SERVER_NAME}\n`),
    ],
    ['info', asked => sendHtml(asked, 200, infoPage(asked.dataset, attributesOf(asked.dataset)))],
    ['html', sendForm],
    ['help', asked => sendHtml(asked, 200, helpPage(asked.dataset))],
  ]);
}

/** The query's constraint, checked whole against the dataset; throws a ConstraintError. */
function planOf({ dataset, query }: DapRequest): Plan {
  const known = query === '' ? everything.get(dataset) : undefined;
  if (known !== undefined) return known;
  const plan = planConstraint(parseConstraint(query), dataset.model, {
    now: Date.now() / 1000,
    missing: missingValues(dataset.model, dataset.attributes),
  });
  if (query === '') everything.set(dataset, plan);
  return plan;
}

/** What most ask for, which is the same at any time: thousands of streams need not each hold a plan of their own. */
const everything = new WeakMap<Dataset, Plan>();

function describe(asked: DapRequest, type: string, description?: string): DapRequest {
  asked.reply.type(type).headers({
    // getdap caches, and proxies compress or collect, unless they are told not to.
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    ...(description === undefined ? {} : { 'Content-Description': description }),
  });
  return asked;
}

function sendText(asked: DapRequest, description: string, text: string): FastifyReply {
  return describe(asked, 'text/plain; charset=utf-8', description).reply.send(text);
}

function sendHtml(asked: DapRequest, status: number, page: string): FastifyReply {
  return describe(asked, 'text/html; charset=utf-8').reply.code(status).send(page);
}

function sendRows(asked: DapRequest, name: EncodingName, streams: OpenStreams): FastifyReply {
  const plan = planOf(asked);
  const { dataset, request, reply } = asked;
  const { failure } = dataset.status();
  if (failure !== undefined && dataset.interval > 0) {
    throw new RequestError(503, `the sensors of ${dataset.info.name} give no rows: ${failure}`);
  }
  // A HEAD of an endless body would read it for ever.
  if (request.method === 'HEAD') return reply.send();
  const { name: of } = dataset.info;
  const asks = { address: clientOf(request), dataset: of, interval: dataset.interval, encoding: name };
  streams.admit(asks);
  // Nothing of the framework stays with a stream: it lasts, and there may be thousands of them.
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
  const shared = dataset.shared(name, plan);
  const encoding = shared?.encoding ?? encodingOf(name, plan);
  streams.begin(asks, {
    response,
    plan,
    encoding: name === 'ascii' && isForPerson(request) ? encodingForPerson(encoding, plan) : encoding,
    shared,
    cursor: dataset.open(plan),
  });
  return reply;
}

/** Whether a browser shows the answer as a page: no program that reads rows asks for HTML. */
function isForPerson({ headers: { accept = '' } }: FastifyRequest): boolean {
  return /(?:^|,)\s*text\/html\s*(?:[;,]|$)/i.test(accept);
}

/** The client's address: that of a trusted proxy where what the proxy says is none. */
function clientOf({ ip, raw }: FastifyRequest): string {
  return ipOf(ip) ?? ipOf(raw.socket.remoteAddress) ?? '';
}

function sendForm(asked: DapRequest): FastifyReply {
  const { dataset, query, reply } = asked;
  const now = Date.now() / 1000;
  const target = formTarget(dataset, query, now);
  if (target !== undefined) return describe(asked, 'text/html').reply.redirect(target, 303);
  const { status, page } = formPage(dataset, query, now);
  return sendHtml({ ...asked, reply }, status, page);
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
  return new RequestError(404, `expected one of .${known.join(' .')}, found "${suffix}"`);
}
