// Answers at a socket whether expressions about /health are true: one start of Node for all of them, for each takes an emulated machine seconds.

import { createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';

const LIMIT_MS = 20_000;

/** A connection of its own for each question, so that none is left over from a server that was restarted. */
function health(port) {
  return new Promise((resolve, reject) => {
    const options = { agent: false, signal: AbortSignal.timeout(LIMIT_MS) };
    get(`http://127.0.0.1:${port}/health`, options, answer =>
      text(answer)
        .then(body => resolve(JSON.parse(body)))
        .catch(reject),
    ).once('error', reject);
  });
}

createServer(async (request, response) => {
  try {
    const expression = await text(request);
    const found = await health(request.url.slice(1));
    const isTrue = new Function('health', `return (${expression});`)(found);
    response.writeHead(isTrue ? 200 : 417).end(`${JSON.stringify(found)}\n`);
  } catch (error) {
    response.writeHead(500).end(`${error}\n`);
  }
}).listen(process.argv[2]);
