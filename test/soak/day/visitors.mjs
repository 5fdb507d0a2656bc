// Visitors of every format, who come, read for a while, fast or slowly, and go as people and programs do.

import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const DATASETS = ['fast', 'slow', 'flaky', 'changing'];
const SUFFIXES = [
  '.dods',
  '.asc',
  '.csv',
  '.ndjson',
  '.events',
  '.json',
  '.nc',
  '.dds',
  '.das',
  '.html',
  '.info',
];
const FINITE = ['.json', '.nc'];
const PAGES = ['/', '/health', '/catalog.json', '/metrics', '/latest.json', '/docs/', '/fast/latest.json'];
const FUNCTIONS = [
  '',
  '',
  '&bucket("time/1second")',
  '&orderByMean("time/10seconds")',
  '&orderByMinMax("time/1minute,time")',
];

const one = list => list[Math.floor(Math.random() * list.length)];

function address() {
  if (Math.random() < 0.15) return one(PAGES);
  const suffix = one(SUFFIXES);
  const now = Date.now() / 1000;
  const from = now - Math.random() * 120;
  const isBounded = FINITE.includes(suffix) || Math.random() < 0.5;
  const until = isBounded ? `&time<${from + Math.random() * 60 - 3}` : '';
  const prefix = Math.random() < 0.1 ? '/past' : '';
  return `${prefix}/${one(DATASETS)}${suffix}?&time>=${from}${until}${one(FUNCTIONS)}`.replaceAll('"', '%22');
}

export class Visitors {
  #url;
  #stopped = false;
  #running;
  visits = 0;
  statuses = new Map();
  /** Answers that are a fault of the server, the first ones of them. */
  faults = [];
  bytes = 0;

  /** @param count how many are there at once */
  constructor(url, count) {
    this.#url = url;
    this.#running = Array.from({ length: count }, () => this.#visitor());
  }

  async stop() {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #visitor() {
    while (!this.#stopped) {
      await this.#visit();
      this.visits += 1;
      await pause(Math.random() * 500);
    }
  }

  /** Never rejects: what a visitor sees besides statuses is not counted. */
  #visit() {
    const patience = Math.random() * 5000;
    const isSlow = Math.random() < 0.2;
    return new Promise(done => {
      const path = address();
      const request = get(`${this.#url}${path}`, response => {
        const { statusCode } = response;
        this.statuses.set(statusCode, (this.statuses.get(statusCode) ?? 0) + 1);
        if (statusCode === 500 || statusCode === 502)
          response.once('data', text => this.faults.length < 5 && this.faults.push(`${path}: ${text}`));
        response.on('data', piece => {
          this.bytes += piece.length;
          if (!isSlow) return;
          response.pause();
          setTimeout(() => response.resume(), 50);
        });
        response.on('error', () => undefined);
        response.once('close', done);
      });
      const leave = setTimeout(() => request.destroy(), patience);
      request.on('error', () => undefined);
      request.once('close', () => {
        clearTimeout(leave);
        done();
      });
    });
  }
}
