import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const COMMAND = resolve(import.meta.dirname, '../../dist/server/main.js');
const PATIENCE = { timeout: 20_000 };

let folder: string;
let child: ChildProcess | undefined;
let logged: string;
let socket: Server | undefined;

/** The messages to systemd, one a line, as a program in place of systemd-notify has recorded them. */
const told = () => readFileSync(join(folder, 'told'), 'utf8').split('\n').slice(0, -1);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-'));
  writeFileSync(join(folder, 'told'), '');
  const program = join(folder, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\necho "$*" >>'${folder}/told'\n`);
  chmodSync(program, 0o755);
  writeFileSync(
    join(folder, 'config.yaml'),
    'datasets: { garden: { interval: 0.1, sensors: [{ kind: tmp36-simulated }] } }\n',
  );
});
afterEach(async () => {
  socket?.close();
  socket = undefined;
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  rmSync(folder, { recursive: true });
});

/** Starts `dapberry serve` as systemd does: with a variable that has the process's own id where it says `$$`. */
function start(environment: string, options: readonly string[], descriptor?: number): ChildProcess {
  const config = ['--config', join(folder, 'config.yaml')];
  const script = `${environment} exec "$0" "$@"`;
  const { PATH } = process.env;
  const started = spawn(
    '/bin/sh',
    ['-c', script, process.execPath, COMMAND, 'serve', ...config, ...options],
    {
      env: { ...process.env, PATH: `${folder}:${PATH}` },
      stdio: ['ignore', 'pipe', 'pipe', descriptor ?? 'ignore'],
    },
  );
  logged = '';
  for (const stream of [started.stdout!, started.stderr!])
    stream.on('data', data => {
      logged += data;
    });
  child = started;
  return started;
}

const LOOPBACK = ['--host', '127.0.0.1', '--port', '0'];

describe('dapberry as a service of systemd', () => {
  it('tells when it is ready, that it is alive, that it reads its configuration, and that it ends', async () => {
    start('NOTIFY_SOCKET=/some/where WATCHDOG_USEC=1000000 WATCHDOG_PID=$$', LOOPBACK);
    await expect.poll(told, PATIENCE).toContain('WATCHDOG=1');
    expect(told()[0]).toMatch(/^READY=1 STATUS=(the clock is not synchronised; )?1 dataset, 0 streams$/);
    child!.kill('SIGHUP');
    await expect
      .poll(() => told().filter(line => !/^(WATCHDOG|STATUS)=/.test(line)), PATIENCE)
      .toEqual([
        expect.stringMatching(/^READY=1/),
        expect.stringMatching(/^RELOADING=1 MONOTONIC_USEC=\d+$/),
        expect.stringMatching(/^READY=1/),
      ]);
    // Each message is a process of its own: signals that come in crowds have few of them.
    for (let signals = 0; signals < 1000; signals += 1) child!.kill('SIGHUP');
    const reloads = () => told().filter(line => line.startsWith('RELOADING')).length;
    await expect.poll(reloads, PATIENCE).toBeGreaterThan(1);
    await expect
      .poll(
        () =>
          told()
            .filter(line => !/^(WATCHDOG|STATUS)=/.test(line))
            .at(-1),
        PATIENCE,
      )
      .toMatch(/^READY=1/);
    child!.kill('SIGTERM');
    const [code] = await once(child!, 'close');
    expect(reloads()).toBeLessThan(10);
    expect(code).toBe(0);
    await expect.poll(() => told().at(-1), PATIENCE).toBe('STOPPING=1 STATUS=ending');
  });

  it('says in its status what runs in place of a wrong configuration, also after the next start', async () => {
    const environment = `NOTIFY_SOCKET=/some/where STATE_DIRECTORY=${folder}/state`;
    start(environment, LOOPBACK);
    await expect.poll(() => logged, PATIENCE).toContain('serving garden');
    child!.kill('SIGTERM');
    await once(child!, 'close');
    writeFileSync(join(folder, 'told'), '');
    writeFileSync(join(folder, 'config.yaml'), 'datasets: [');
    start(environment, LOOPBACK);
    const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
    await expect
      .poll(() => told()[0], PATIENCE)
      .toMatch(
        new RegExp(
          `^READY=1 STATUS=the configuration is wrong since ${time}, and the last good one, of ${time}, is in use; .*1 dataset, 0 streams$`,
        ),
      );
    child!.kill('SIGTERM');
    await once(child!, 'close');
    rmSync(join(folder, 'state'), { recursive: true });
    writeFileSync(join(folder, 'told'), '');
    start(environment, LOOPBACK);
    await expect
      .poll(() => told()[0], PATIENCE)
      .toMatch(/, and only the load of this machine is served, because no last good one can be used; /);
  });

  it('waits for an address that this machine does not have yet, makes rows meanwhile, and can be ended', async () => {
    start('NOTIFY_SOCKET=/some/where', ['--host', '192.0.2.1', '--port', '0']);
    await expect
      .poll(told, PATIENCE)
      .toEqual([
        expect.stringMatching(
          /^READY=1 STATUS=waiting for the address 192\.0\.2\.1, which this machine does not have now; /,
        ),
      ]);
    expect(logged).toContain('waiting for the address 192.0.2.1');
    child!.kill('SIGTERM');
    const [code] = await once(child!, 'close');
    expect(code).toBe(0);
    expect(logged).not.toContain('live page');
  });

  it('ends cleanly on a signal that comes while it starts', async () => {
    // systemd-notify runs when the server listens and has not printed its addresses yet.
    writeFileSync(join(folder, 'systemd-notify'), '#!/bin/sh\ncase "$*" in READY*) kill -TERM $PPID; esac\n');
    start('NOTIFY_SOCKET=/some/where', LOOPBACK);
    const [code] = await once(child!, 'close');
    expect(code).toBe(0);
    expect(logged).not.toContain('dapberry:');
  });

  it('listens at the socket that systemd has opened, whatever its own address is', async () => {
    socket = createServer().listen(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address() as { port: number };
    const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
    start('LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=dapberry.socket', ['--port', '1'], fd);
    await expect.poll(() => logged, PATIENCE).toContain(`live page   http://127.0.0.1:${port}/`);
    // Only the server accepts from now on: this process has not begun to.
    socket.close();
    const health = (await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as { status: string };
    expect(health.status).toBe('ok');
    child!.kill('SIGTERM');
    const [code] = await once(child!, 'close');
    expect(code).toBe(0);
  });

  it('says what it expected where systemd passed several sockets, and exits 1', async () => {
    start('LISTEN_FDS=2 LISTEN_PID=$$', LOOPBACK);
    const [code] = await once(child!, 'close');
    expect(code).toBe(1);
    expect(logged).toBe(
      'dapberry: expected one socket from systemd, found 2: keep only one ListenStream= in dapberry.socket\n',
    );
  });

  it('leaves the disk alone while it serves', async () => {
    start('', LOOPBACK);
    await expect.poll(() => logged, PATIENCE).toMatch(/live page +http:\S+/);
    const [, address = ''] = /live page +(http:\S+)/.exec(logged) ?? [];
    const written = () =>
      Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${child!.pid}/io`, 'utf8'))![1]);
    const before = written();
    const stream = await fetch(`${address}garden.dods`);
    const reader = stream.body!.getReader();
    for (let piece = 0; piece < 30; piece += 1) {
      await reader.read();
      for (const path of ['health', 'metrics', 'catalog.json', 'garden.das'])
        await (await fetch(address + path)).arrayBuffer();
    }
    await reader.cancel();
    expect(written() - before).toBe(0);
  });
});
