#!/usr/bin/env node
// Clients that send requests and read no response: `pipeliners.mjs PORT CLIENTS REQUESTS TEXT [FIRST]`.
//
// Each client sends FIRST once and TEXT REQUESTS times; both are JSON strings. A disconnected client connects again. Prints the number
// of connections.

import { connect } from 'node:net';

const [port, clients, requests, text, first = '""'] = process.argv.slice(2);
const all = JSON.parse(first) + JSON.parse(text).repeat(Number(requests));
let came = 0;

function come() {
  const socket = connect({ port: Number(port), host: '127.0.0.1' }).pause();
  // One that reads nothing hears of its end when it writes.
  const writing = setInterval(() => socket.write(JSON.parse(text)), 200);
  socket.on('connect', () => {
    socket.write(all);
    came += 1;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    clearInterval(writing);
    setTimeout(come, 50);
  });
}

for (let client = 0; client < Number(clients); client += 1) come();
setInterval(() => process.stdout.write(`${came}\n`), 200);
