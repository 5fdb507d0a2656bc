// Sends one prepared buffer of 112 kB to each client for ever: the ceiling of Node's HTTP server.

import { createServer } from 'node:http';

const PIECE = Buffer.alloc(112 * 1024, 0x5a);

const server = createServer((_request, response) => {
  const send = () => {
    while (response.write(PIECE));
  };
  response.on('drain', send);
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  send();
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
