// Puts the Pis of the bench into a network of their own, a namespace of Linux, whose only line can be cut.

import { spawnSync } from 'node:child_process';

function ip(...args) {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`ip: ${error.message}`);
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}

export class PiNetwork {
  /** The address of this machine that the Pis reach. */
  address;
  #name = `fleet${process.pid}`;
  #line = `fl${process.pid}h`;

  /** @throws if the user may not make a namespace */
  constructor() {
    const far = `fl${process.pid}p`;
    const net = `10.213.${process.pid % 256}`;
    this.address = `${net}.9`;
    ip('netns', 'add', this.#name);
    try {
      ip('link', 'add', this.#line, 'type', 'veth', 'peer', 'name', far, 'netns', this.#name);
      ip('addr', 'add', `${net}.1/30`, 'dev', this.#line);
      ip('link', 'set', this.#line, 'up');
      // It is not an address of the line: that goes down.
      ip('addr', 'add', `${this.address}/32`, 'dev', 'lo');
      ip('-n', this.#name, 'addr', 'add', `${net}.2/30`, 'dev', far);
      ip('-n', this.#name, 'link', 'set', 'lo', 'up');
      ip('-n', this.#name, 'link', 'set', far, 'up');
      ip('-n', this.#name, 'route', 'add', 'default', 'via', `${net}.1`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The command line that runs a program in this network. */
  inside(command, args) {
    return ['ip', ['netns', 'exec', this.#name, command, ...args]];
  }

  /** Packets disappear in both directions, as with a pulled cable behind the switch of the Pis. */
  cut() {
    ip('link', 'set', this.#line, 'down');
  }

  mend() {
    ip('link', 'set', this.#line, 'up');
  }

  close() {
    spawnSync('ip', ['addr', 'del', `${this.address}/32`, 'dev', 'lo']);
    spawnSync('ip', ['link', 'del', this.#line]);
    spawnSync('ip', ['netns', 'del', this.#name]);
  }
}
