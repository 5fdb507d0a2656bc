// A relay of the server of the soak, which is killed or ended now and then, and started again.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../../server-process.mjs';

export class SoakRelay {
  #folder = mkdtempSync(join(tmpdir(), 'dapberry-soak-relay-'));
  #process;
  #restarts = 0;

  /** @param datasets of the server at `origin` */
  constructor(origin, datasets) {
    const sources = datasets.map(name => `  ${name}: {source: {dap2: "${origin}/${name}"}}\n`);
    const file = join(this.#folder, 'config.yaml');
    writeFileSync(
      file,
      `history: {path: ${this.#folder}/history, flush: 1 s}\ndatasets:\n${sources.join('')}`,
    );
    this.#process = new ServerProcess(['--config', file], {
      cwd: this.#folder,
      env: { ...process.env, XDG_STATE_HOME: join(this.#folder, 'state') },
    });
  }

  start() {
    return this.#process.start();
  }

  get url() {
    return this.#process.url;
  }

  get ended() {
    return this.#process.ended;
  }

  /** Kills it or ends it in turns, and starts it again. */
  async restart() {
    this.#restarts += 1;
    await this.#process.end(this.#restarts % 2 === 1 ? 'SIGKILL' : 'SIGTERM');
    await this.#process.start();
  }

  async stop() {
    await this.#process.end();
    rmSync(this.#folder, { recursive: true });
  }
}
