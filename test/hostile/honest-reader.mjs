// An honest reader beside an attack: follows live rows over one response, and asks for the health of the server now and then.

import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds between two questions. */
const PAUSE = 50;

export class HonestReader {
  #url;
  #dataset;
  #isOver = false;
  #asking;
  #request;
  #text = '';
  /** The rows that came: their time in seconds, and the milliseconds until they were here. */
  rows = [];
  /** Milliseconds until each answer was whole. */
  answers = [];
  /** Questions that got no answer, or another status than 200. */
  unanswered = 0;
  /** Why the response with the rows is over; undefined while it is not. */
  broken;

  constructor(url, dataset) {
    this.#url = url;
    this.#dataset = dataset;
  }

  /** Resolves when the first row is here. */
  async start() {
    await new Promise((resolve, reject) => {
      this.#request = get(`${this.#url}/${this.#dataset}.csv?time&header=names&time=epoch`, response => {
        response.setEncoding('utf8').on('data', text => {
          this.#take(text);
          if (this.rows.length > 0) resolve();
        });
        response.on('error', error => this.#isBroken(error.message));
        response.on('close', () => this.#isBroken('the response ended'));
      }).on('error', error => {
        this.#isBroken(error.message);
        reject(error);
      });
    });
    this.#asking = this.#ask();
  }

  /** Forgets what came until now. */
  forget() {
    this.rows = [];
    this.answers = [];
    this.unanswered = 0;
  }

  /** How many of the rows that the server has did not come, or came as none of them. */
  async lost() {
    const came = this.rows.map(({ time }) => time);
    const [first, last] = [came[0], came.at(-1)];
    const query = `time&time>=${first}&time<=${last}&header=names&time=epoch`;
    const response = await fetch(`${this.#url}/past/${this.#dataset}.csv?${query}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    const stored = text.trim().split('\n').slice(1).map(Number);
    const stays = new Set(stored);
    const both = came.filter(time => stays.has(time)).length;
    return stored.length - both + came.length - both;
  }

  async stop() {
    this.#isOver = true;
    this.#request?.destroy();
    await this.#asking;
  }

  #take(text) {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop();
    const now = Date.now();
    for (const line of lines) {
      const time = Number(line);
      if (!Number.isNaN(time)) this.rows.push({ time, delay: Math.max(0, now - time * 1000) });
    }
  }

  #isBroken(why) {
    if (!this.#isOver) this.broken ??= why;
  }

  async #ask() {
    while (!this.#isOver) {
      const begun = performance.now();
      try {
        const response = await fetch(`${this.#url}/health`, { headers: { connection: 'close' } });
        await response.arrayBuffer();
        if (response.status === 200) this.answers.push(performance.now() - begun);
        else this.unanswered += 1;
      } catch {
        this.unanswered += 1;
      }
      await pause(PAUSE);
    }
  }
}
