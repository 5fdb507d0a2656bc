#!/usr/bin/env node
// Reads with several clients as fast as they can: `greedy-readers.mjs URL CLIENTS SECONDS` prints the bytes of each.

import { once } from 'node:events';
import { get } from 'node:http';

const [url, clients, seconds] = process.argv.slice(2);
const bytes = new Array(Number(clients)).fill(0);

const answers = await Promise.all(
  bytes.map(async (_, client) => {
    const [answer] = await once(get(url, { agent: false }), 'response');
    answer.on('data', piece => {
      bytes[client] += piece.length;
    });
    await once(answer, 'data');
    return answer;
  }),
);
// All have begun: from now on they are counted.
bytes.fill(0);
await new Promise(resolve => setTimeout(resolve, Number(seconds) * 1000));
process.stdout.write(JSON.stringify(bytes));
for (const answer of answers) answer.destroy();
