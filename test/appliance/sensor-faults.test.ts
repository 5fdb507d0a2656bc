import { afterAll, beforeAll, expect, it } from 'vitest';
import { setLevel, setTemperatures, setWireFaults, type WireFault } from './host/chips.ts';
import { BIND, CHIPS, Hall, START } from './host/hall.ts';
import { eventually, health, nextRow, nextRows } from './host/reading.ts';
import { journal, stopService } from './host/service.ts';
import { describeGuest } from './host/suite.ts';

/** A second dataset: a pin of another program, a pin that was exported by hand, and a free pin. */
const DOOR = `  door:
    interval: 1 s
    sensors:
      - {kind: gpio-input, name: door, pin: 22}
      - {kind: gpio-input, name: hatch, pin: 23, count: none}
      - {kind: gpio-input, name: gate, pin: 24, count: none, interface: sysfs}
`;

const LINES = 'base=$(cat /sys/class/gpio/gpiochip*/base | head -1)';

/** Exports the lines of GPIO 22 and 23, and starts a program that holds the line of GPIO 22. */
const HOLD_DOOR = `${LINES}
echo $((base + 22)) >/sys/class/gpio/export
echo $((base + 23)) >/sys/class/gpio/export
systemd-run --quiet --unit=holder sh -c "exec 3</sys/class/gpio/gpio$((base + 22))/value; exec sleep infinity"`;

/** The state of an exported line: the inode of its folder, which differs for each export, and its settings. */
const stateOf = (pin: number) => `${LINES}; cd /sys/class/gpio/gpio$((base + ${pin})) 2>/dev/null || exit 0
stat -L -c %i .; cat direction edge active_low`;

describeGuest('pc', ['getdap'], 'sensors with faults', () => {
  let hall: Hall;

  beforeAll(async () => {
    hall = await Hall.open(DOOR, HOLD_DOOR);
  });
  afterAll(() => hall?.close());

  it('leaves a pin to the program of another user, which the service cannot see, and opens it when it is free', async () => {
    const before = await hall.guest.run(stateOf(22));
    const failure = await hall.failsWith(
      'door',
      /GPIO22 is in use: line \d+ was exported by another program/,
    );
    const [free = ''] = /echo \d+ \| sudo tee \S+\/unexport/.exec(failure.lastError?.message ?? '') ?? [];
    expect(await journal(hall.guest, /sensor door fails/)).toHaveLength(1);
    expect(await hall.guest.run(stateOf(22))).toBe(before);
    // Does what the message says: ends that program, and frees the line.
    await hall.guest.run(`systemctl stop holder; ${free.replace('sudo ', '')}`);
    await hall.recovers('door');
    expect(await journal(hall.guest, /sensor door is back/)).toHaveLength(1);
  });

  it('reads the level of a pin that was exported by hand, and leaves it exported', async () => {
    const before = await hall.guest.run(stateOf(23));
    for (const level of [1, 0] as const) {
      await setLevel(hall.guest, 23, level);
      await eventually(
        () => nextRow(`${hall.guest.url()}/door`),
        ({ hatch_level: read }) => read === level,
      );
    }
    await stopService(hall.guest);
    expect(before).toMatch(/^\d+\nin\nnone\n0$/);
    expect(await hall.guest.run(stateOf(23))).toBe(before);
    expect(await hall.guest.run(stateOf(24))).toBe('');
    await hall.start(DOOR);
  });

  it('takes over its own pin after it was killed', async () => {
    await hall.recovers('gate');
    const before = await hall.guest.run(stateOf(24));
    const output = await hall.guest.run(
      `dapberry read --config /etc/dapberry/config.yaml --format csv || true`,
    );
    expect(output).toMatch(/door,gate,gate_level,,1,"GPIO24 is in use by dapberry \(process \d+\)/);
    await hall.guest.run(`kill -9 $(systemctl show --value -p MainPID dapberry)`);
    await eventually(
      () => hall.guest.run(stateOf(24)),
      state => state !== '' && state !== before,
      START,
    );
    await hall.recovers('gate');
    // On an emulated machine the first reading may be late.
    expect(await journal(hall.guest, /sensor gate fails: (?!no answer)/)).toEqual([]);
  });

  it.each<[WireFault, 'shed' | 'roof', RegExp]>([
    ['crc', 'shed', /does not answer, or not with the right CRC/],
    ['gone', 'shed', /does not answer|is no longer on/],
    ['powerLost', 'roof', /85|supply|power/],
    ['stuck', 'roof', /does not answer|CRC/],
  ])(
    'gives NaN for a thermometer with the fault %s, logs it once, and gives values after it',
    async (fault, name, reason) => {
      const [column, other] =
        name === 'shed' ? ['shed_temperature', 'roof_temperature'] : ['roof_temperature', 'shed_temperature'];
      await setWireFaults(hall.guest, 'none', 'none');
      await setTemperatures(hall.guest, 19.5, 18.25);
      await hall.becomes('shed_temperature', 19.5);
      await hall.becomes('roof_temperature', 18.25);
      const before = (await journal(hall.guest, new RegExp(`sensor ${name} `))).length;
      await setWireFaults(hall.guest, name === 'shed' ? fault : 'none', name === 'roof' ? fault : 'none');
      await hall.failsWith(name, reason);
      const rows = await nextRows(hall.url, 4);
      expect(rows.map(row => row[column])).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
      for (const { air_temperature: air } of rows) expect(air).toBeCloseTo(25.08, 2);
      // The driver repeats the question to a faulty thermometer, which keeps the bus busy.
      await hall.becomes(other!, name === 'shed' ? 18.25 : 19.5);
      await setWireFaults(hall.guest, 'none', 'none');
      await hall.recovers(name);
      await hall.becomes(column!, name === 'shed' ? 19.5 : 18.25);
      const lines = await journal(hall.guest, new RegExp(`sensor ${name} `));
      expect(lines.slice(before)).toEqual([
        expect.stringMatching(`sensor ${name} fails`),
        expect.stringMatching(`sensor ${name} is back`),
      ]);
    },
  );

  it('reports that a driver of the kernel holds a chip, and reads it again without the driver', async () => {
    // An open file of the bus keeps access to the chip, so the driver is bound before the service starts.
    await stopService(hall.guest);
    await hall.guest.run('echo lm75 0x48 >/sys/bus/i2c/devices/i2c-0/new_device');
    const before = (await journal(hall.guest, /sensor adc /)).length;
    await hall.start(DOOR);
    await hall.failsWith('adc', /0x48 on i2c-0 is held by a driver of the kernel/);
    expect(await hall.now('adc_voltage_ain0')).toBeNaN();
    await hall.guest.run('echo 0x48 >/sys/bus/i2c/devices/i2c-0/delete_device');
    await hall.recovers('adc');
    const lines = await journal(hall.guest, /sensor adc /);
    expect(lines.slice(before)).toEqual([
      expect.stringMatching('sensor adc fails'),
      expect.stringMatching('sensor adc is back'),
    ]);
  });

  it('starts without the I2C bus, reports what is missing, and reads the bus when it is there', async () => {
    await stopService(hall.guest);
    await hall.guest.run('modprobe -r i2c-stub');
    await hall.start(DOOR);
    await hall.failsWith('adc', /\/dev\/i2c-0 is not there/);
    await hall.failsWith('board', /lm75/);
    await hall.guest.run('modprobe i2c-stub chip_addr=0x48,0x49,0x4a,0x76,0x77');
    await hall.guest.run(CHIPS);
    await hall.guest.run(BIND);
    for (const name of ['adc', 'air', 'board', 'pot', 'attic']) await hall.recovers(name);
    await hall.becomes('adc_voltage_ain0', 1024);
    await hall.becomes('air_temperature', 25.08, 2);
    expect((await health(hall.guest.url())).status).toBe('ok');
  });

  it('names the group that a user needs for the I2C bus', async () => {
    await hall.guest.run(`cat >/etc/dapberry/alone.yaml <<'END'
server: {port: 8081}
datasets: {board: {sensors: [{kind: lm75, bus: 0, address: 0x48}]}}
END
systemd-run --quiet --unit=alone -p User=nobody node /app/dist/server/main.js serve --config /etc/dapberry/alone.yaml`);
    const text = await eventually(
      () => hall.guest.run('curl -sf http://127.0.0.1:8081/health'),
      answer => answer.includes('"failing"'),
      START,
    );
    expect(text).toMatch(/\/dev\/i2c-0 may not be opened by this user: add it to the group i2c/);
    await hall.guest.run(`systemctl stop alone
systemd-run --quiet --unit=member -p User=nobody -p SupplementaryGroups=i2c \\
  node /app/dist/server/main.js serve --config /etc/dapberry/alone.yaml`);
    await eventually(
      () => hall.guest.run('curl -sf http://127.0.0.1:8081/health'),
      answer => answer.includes('"status":"ok"'),
      START,
    );
    await hall.guest.run('systemctl stop member');
  });
});
