// Runs Avahi on a bus and in a network of its own, so that a test announces nothing in the network of the machine.

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Networks need root. */
export const canSeparate =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'd0', 'type', 'veth', 'peer', 'name', 'd1']).status === 0;

const BUS = (
  socket: string,
) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow send_type="signal"/><allow receive_sender="*"/></policy></busconfig>`;

/** The daemon keeps its process id in a folder that all of them share; multicast needs an interface that is up. */
const IN_NETWORK = `ip link set lo up; ip link add d0 type veth peer name d1; ip link set d1 up; ip addr add 10.9.8.7/24 dev d0
ip link set d0 up multicast on; mkdir -p /run/avahi-daemon; mount -t tmpfs none /run/avahi-daemon
exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f "$1"`;

export class AvahiNetwork {
  readonly #folder = mkdtempSync(join(tmpdir(), 'dapberry-avahi-'));
  #bus: ChildProcess | undefined;
  #daemon: ChildProcess | undefined;

  get socket(): string {
    return join(this.#folder, 'bus');
  }

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${this.socket}` };
  }

  async startBus(): Promise<void> {
    const file = join(this.#folder, 'bus.conf');
    writeFileSync(file, BUS(this.socket));
    this.#bus = spawn('dbus-daemon', [`--config-file=${file}`, '--nofork', '--nopidfile'], {
      stdio: 'ignore',
    });
    while (!existsSync(this.socket)) await delay(20);
  }

  startAvahi(): void {
    const file = join(this.#folder, 'avahi.conf');
    writeFileSync(file, '[server]\nallow-interfaces=d0\nuse-ipv6=no\n');
    const options = { stdio: 'ignore', env: this.environment } as const;
    this.#daemon = spawn('unshare', ['-mn', 'sh', '-c', IN_NETWORK, 'sh', file], options);
  }

  async stopAvahi(): Promise<void> {
    await ended(this.#daemon);
  }

  /** The services of the type, a line each: what avahi-browse prints of those that it could resolve. */
  browse(type: string): Promise<readonly string[]> {
    return new Promise(resolve =>
      execFile('avahi-browse', ['-rtp', type], { env: this.environment, timeout: 10_000 }, (_error, out) =>
        resolve(out.split('\n').filter(line => line.startsWith('='))),
      ),
    );
  }

  async close(): Promise<void> {
    await ended(this.#daemon);
    await ended(this.#bus);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
