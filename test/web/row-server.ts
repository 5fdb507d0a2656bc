// Serves the rows that a test sends, as a DAP2 server without a past.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Batch,
  encodeHeader,
  newColumn,
  parseDas,
  parseDds,
  printDas,
  printDds,
  rowEncoder,
  type Sequence,
} from '../../dap/index.ts';

export interface RowServer {
  readonly url: string;
  /** How many streams are open. */
  readonly streams: number;
  /** The queries of the data requests, decoded, in their order. */
  readonly queries: readonly string[];
  /** Sends rows, each a list of values in the order of the columns, to every open stream. */
  send(...rows: readonly (readonly (number | string)[])[]): void;
  /** Describes other columns from now on, and breaks off the streams. */
  become(dds: string, das?: string): void;
  close(): Promise<void>;
}

/**
 * Serves one dataset, `/rows`. `takesSelections`: false = a request with a selection is refused, as some servers do.
 * `answerDas` answers for the DAS, whatever that is.
 */
export async function rowServer(
  dds: string,
  das = 'Attributes {}',
  {
    takesSelections = true,
    answerDas,
  }: { takesSelections?: boolean; answerDas?: (response: ServerResponse) => void } = {},
): Promise<RowServer> {
  let dataset = parseDds(dds);
  let attributes = parseDas(das);
  const open = new Set<ServerResponse>();
  const queries: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const query = decodeURIComponent(search.slice(1));
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (pathname === '/rows.dds') return response.end(printDds(dataset));
    if (pathname === '/rows.das' && answerDas !== undefined) return answerDas(response);
    if (pathname === '/rows.das') return response.end(printDas(attributes));
    if (pathname === '/rows.ver') return response.end('Core version: dap/2.0\n');
    if (pathname !== '/rows.dods') return response.writeHead(404).end();
    queries.push(query);
    if (query.includes('&') && !takesSelections) {
      return response
        .writeHead(400)
        .end('Error {\n    code = 400;\n    message = "no selections here";\n};\n');
    }
    response.setHeader('Content-Type', 'application/octet-stream');
    response.write(encodeHeader(dataset));
    open.add(response);
    return response.on('close', () => open.delete(response));
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rows`,
    queries,
    get streams() {
      return open.size;
    },
    send(...rows) {
      const sequence = dataset.variables[0] as Sequence;
      const bytes = rowEncoder(sequence)(batchOf(sequence, rows));
      for (const response of open) response.write(bytes);
    },
    become(otherDds, otherDas = 'Attributes {}') {
      dataset = parseDds(otherDds);
      attributes = parseDas(otherDas);
      for (const response of open) response.destroy();
    },
    close: () =>
      new Promise(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function batchOf({ fields }: Sequence, rows: readonly (readonly (number | string)[])[]): Batch {
  const columns = fields.map((field, place) => {
    const column = newColumn(field, rows.length);
    for (const [index, row] of rows.entries()) column[index] = row[place]!;
    return column;
  });
  return { length: rows.length, columns };
}
