#!/usr/bin/env node
// Attacks a server: `attackers.mjs PORT`, with `NAME` of an attack, or nothing to end it, in each line of the input.
//
// Prints a line of JSON five times a second: the connections made and closed, and the bytes sent and received by this attack.

import { connect } from 'node:net';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { ATTACKS } from './attacks/list.mjs';

// Real attackers run on other machines, and take no processor from the server.
setPriority(constants.priority.PRIORITY_LOW);

const port = Number(process.argv[2]);

class Run {
  #attack;
  #isOver = false;
  #sockets = new Set();
  counts = { connected: 0, closed: 0, sent: 0, received: 0 };

  constructor(attack) {
    this.#attack = attack;
    for (let client = 0; client < attack.clients; client += 1) this.#come(client);
  }

  end() {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #come(client) {
    if (this.#isOver) return;
    const {
      sends,
      again,
      every = 200,
      reads,
      leaves,
      halfCloses,
      resets,
      back = 50,
      addresses = 1,
    } = this.#attack;
    // Not that of the honest reader: the server limits connections and guesses by address.
    const localAddress = `127.0.0.${2 + (client % addresses)}`;
    const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true });
    this.#sockets.add(socket);
    const timers = [];
    const leave = () => (resets ? socket.resetAndDestroy() : socket.destroy());
    const send = text => {
      this.counts.sent += text.length;
      socket.write(text);
    };
    socket.on('connect', () => {
      this.counts.connected += 1;
      if (sends !== undefined) send(sends(client));
      if (halfCloses) socket.end();
      if (again !== undefined) timers.push(setInterval(() => socket.writable && send(again(client)), every));
      if (leaves !== undefined) timers.push(setTimeout(leave, Math.random() * leaves));
    });
    this.#read(socket, reads, timers);
    socket.on('error', () => {});
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      for (const timer of timers) clearTimeout(timer);
      this.#sockets.delete(socket);
      this.counts.closed += 1;
      setTimeout(() => this.#come(client), back);
    });
  }

  #read(socket, reads, timers) {
    const take = piece => {
      this.counts.received += piece.length;
    };
    if (reads === undefined) socket.on('data', take);
    else if (reads === 0) socket.pause();
    else {
      socket.on('readable', () => {});
      timers.push(
        setInterval(() => {
          const piece = socket.read(Math.min(reads, socket.readableLength));
          if (piece !== null) take(piece);
        }, 50),
      );
    }
  }
}

let run;
createInterface(process.stdin)
  .on('line', name => {
    run?.end();
    const attack = ATTACKS.find(one => one.name === name);
    run = attack === undefined ? undefined : new Run(attack);
  })
  .on('close', () => process.exit());
setInterval(() => {
  if (run !== undefined) process.stdout.write(`${JSON.stringify(run.counts)}\n`);
}, 200);
