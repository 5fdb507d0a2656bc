import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyApp } from './host/app.ts';
import { Guest, makeDisk } from './host/guest.ts';
import { eventually, health, nextRow, nextRows, type Row, timesBetween } from './host/reading.ts';
import { journal, property, startService, stopService } from './host/service.ts';
import { describeGuest } from './host/suite.ts';

/** Seconds between rows. */
const INTERVAL = 2;

/** The service keeps a history unless it is told otherwise. */
const configWith = (flush: string) => `
history: {flush: ${flush}}
datasets:
  machine:
    interval: ${INTERVAL} s
    sensors:
      - {kind: thermal, name: cpu, zone: cpu-thermal}
      - {kind: ds18b20, name: shed, address: 28-00004d495301, resolution: 9}
`;

const CONFIG = configWith('1 h');

/** Makes the service believe that a time service has set the clock: otherwise rows wait for the disk. */
const SYNCHRONIZED = 'mkdir -p /run/systemd/timesync && touch /run/systemd/timesync/synchronized';

/** Fills the disk to its last block: larger pieces leave some free. */
const FILL = `dd if=/dev/zero of=/full bs=1M; sync
dd if=/dev/zero of=/full bs=4k oflag=append conv=notrunc; sync`;

/** The timeout in seconds from the start of the service until its first row: the guest is an emulated machine. */
const START = 240;

describeGuest('pc', ['getdap'], 'a machine with faults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-appliance-'));
  const app = join(folder, 'app');
  let disk: string;
  let guest: Guest;

  const rowsCome = () =>
    eventually(
      () => nextRow(`${guest.url()}/machine`),
      () => true,
      START,
    );
  const isHealthy = () =>
    eventually(
      () => health(guest.url()),
      ({ status }) => status === 'ok',
      // A history that failed is tried again once a minute.
      180,
    );
  const historyFails = (pattern: RegExp) =>
    eventually(
      () => health(guest.url()),
      ({ datasets }) => pattern.test(datasets[0]?.history?.failure ?? ''),
    );
  /** Reads the next rows while something happens to the machine. */
  const rowsDuring = async (count: number, happening: () => Promise<unknown>): Promise<Row[]> => {
    const [rows] = await Promise.all([nextRows(`${guest.url()}/machine`, count), happening()]);
    return rows;
  };
  const timesOf = (rows: readonly Row[]) => rows.map(({ time = Number.NaN }) => time);
  const steps = (times: readonly number[]) => times.slice(1).map((time, index) => time - times[index]!);

  beforeAll(async () => {
    copyApp(app);
    disk = makeDisk(join(folder, 'disk'));
    guest = await Guest.boot('pc', { shares: { app }, disk });
    await startService(guest, CONFIG);
    await rowsCome();
  });
  afterAll(async () => {
    await guest?.cutPower();
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves again after the program was killed', async () => {
    const before = await property(guest, 'MainPID');
    await guest.run(`kill -9 ${before}`);
    await rowsCome();
    expect(await property(guest, 'MainPID')).not.toBe(before);
    expect(await property(guest, 'NRestarts')).toBe('1');
  });

  it('keeps a stream without a gap while the network is away for seconds', async () => {
    const rows = await rowsDuring(10, () =>
      guest.run('sleep 3; ip link set eth0 down; sleep 4; ip link set eth0 up'),
    );
    const times = timesOf(rows);
    expect(times).toHaveLength(10);
    for (const step of steps(times)) expect(step).toBeLessThan(2 * INTERVAL + 0.5);
  });

  it.each([
    ['forward by an hour', '+3600', /the system clock was set forward by/],
    ['back by an hour', '-3600', /the system clock was set back by/],
  ])('keeps times in order when the clock is set %s, and logs it once', async (_, seconds, message) => {
    const before = (await journal(guest, message)).length;
    const rows = await rowsDuring(8, () => guest.run(`sleep 3; date -s "@$(($(date +%s) ${seconds}))"`));
    expect(rows).toHaveLength(8);
    for (const step of steps(timesOf(rows))) expect(step).toBeGreaterThan(0);
    await eventually(
      () => journal(guest, message),
      lines => lines.length === before + 1,
    );
  });

  it('serves before the clock is set, and logs when it is set', async () => {
    const begin = Date.now() / 1000;
    await stopService(guest);
    await guest.run('date -s @1000');
    await startService(guest, CONFIG);
    const { time: early = Number.NaN } = await rowsCome();
    expect(early).toBeLessThan(1000 + 2 * START);
    const rows = await rowsDuring(8, () => guest.run(`sleep 3; date -s @${Math.round(Date.now() / 1000)}`));
    const times = timesOf(rows);
    for (const step of steps(times)) expect(step).toBeGreaterThan(0);
    expect(times.at(-1)).toBeGreaterThan(begin - 1);
    expect(await journal(guest, /the system clock was set forward by/)).not.toEqual([]);
  });

  it('writes nothing to the disk between two writes of the history', async () => {
    const written = async () =>
      /^write_bytes: (\d+)$/m.exec(await guest.run(`cat /proc/${await property(guest, 'MainPID')}/io`))?.[1];
    const before = await written();
    expect(before).toBeDefined();
    await nextRows(`${guest.url()}/machine`, 10);
    expect(await written()).toBe(before);
  });

  it('goes on, and starts again, with a full disk', async () => {
    await guest.run(SYNCHRONIZED);
    await startService(guest, configWith('2 s'));
    await rowsCome();
    try {
      await guest.try(FILL, 180);
      expect(await guest.run('df --output=avail / | tail -1')).toBe('0');
      await historyFails(/ENOSPC/);
      await rowsCome();
      await guest.run('systemctl restart dapberry', START);
      await rowsCome();
      await historyFails(/ENOSPC/);
    } finally {
      await guest.run('rm /full');
    }
    await isHealthy();
  });

  it('finds its rows again after the power was cut in the middle of a stream', async () => {
    await guest.run(SYNCHRONIZED);
    await startService(guest, configWith('2 s'));
    const { time: first = Number.NaN } = await rowsCome();
    const stream = fetch(`${guest.url()}/machine.dods`).then(async answer => {
      for await (const _ of answer.body ?? []) {
        // Read on until the stream breaks off.
      }
    });
    const brokenOff = expect(stream).rejects.toThrow();
    const storedUntil = (time: number) =>
      eventually(
        async () => (await health(guest.url())).datasets[0]?.history?.lastTime ?? 0,
        lastTime => lastTime >= time,
      );
    const last = await storedUntil(first + 10 * INTERVAL);
    const times = await timesBetween(`${guest.url()}/machine`, first, last);
    expect(times.length).toBeGreaterThanOrEqual(10);
    await guest.cutPower();
    await brokenOff;
    guest = await Guest.boot('pc', { shares: { app }, disk });
    await rowsCome();
    expect(await timesBetween(`${guest.url()}/machine`, first, last)).toEqual(times);
    await isHealthy();
  });

  it('goes on, and starts again, when the disk is read-only', async () => {
    await guest.run(SYNCHRONIZED);
    await guest.run('echo u >/proc/sysrq-trigger; sleep 2; ! touch /written 2>/dev/null');
    await rowsCome();
    await historyFails(/EROFS/);
    await guest.run('systemctl restart dapberry');
    await rowsCome();
    await historyFails(/EROFS/);
  });
});
