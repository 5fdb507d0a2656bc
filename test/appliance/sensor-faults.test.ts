import { afterAll, beforeAll, expect, it } from 'vitest';
import { setTemperatures, setWireFaults, type WireFault } from './host/chips.ts';
import { BIND, CHIPS, Hall, START } from './host/hall.ts';
import { eventually, health, nextRows } from './host/reading.ts';
import { journal, stopService } from './host/service.ts';
import { describeGuest } from './host/suite.ts';

/** A second dataset, at a pin that another program has. */
const DOOR = `  door:
    interval: 1 s
    sensors:
      - {kind: gpio-input, name: door, pin: 22}
`;

/** Another program, which holds the line of GPIO 22. */
const HOLD_DOOR = `line=$(($(cat /sys/class/gpio/gpiochip*/base | head -1) + 22))
echo $line >/sys/class/gpio/export
systemd-run --quiet --unit=holder sh -c "exec 3</sys/class/gpio/gpio$line/value; exec sleep infinity"`;
const LET_DOOR_GO = `systemctl stop holder
echo $(($(cat /sys/class/gpio/gpiochip*/base | head -1) + 22)) >/sys/class/gpio/unexport`;

describeGuest('pc', ['getdap'], 'sensors with faults', () => {
  let hall: Hall;

  beforeAll(async () => {
    hall = await Hall.open(DOOR, HOLD_DOOR);
  });
  afterAll(() => hall?.close());

  it('says which program holds a pin, and takes it when it is free', async () => {
    await hall.failsWith('door', /GPIO22 is in use by .*sleep/);
    expect(await journal(hall.guest, /sensor door fails/)).toHaveLength(1);
    await hall.guest.run(LET_DOOR_GO);
    await hall.recovers('door');
    expect(await journal(hall.guest, /sensor door is back/)).toHaveLength(1);
  });

  it.each<[WireFault, 'shed' | 'roof', RegExp]>([
    ['crc', 'shed', /does not answer, or not with the right CRC/],
    ['gone', 'shed', /does not answer|is no longer on/],
    ['powerLost', 'roof', /85|supply|power/],
    ['stuck', 'roof', /does not answer|CRC/],
  ])(
    'gives no value for a thermometer with the fault %s, says so once, and goes on after it',
    async (fault, name, reason) => {
      const [column, other] =
        name === 'shed' ? ['shed_temperature', 'roof_temperature'] : ['roof_temperature', 'shed_temperature'];
      await setWireFaults(hall.guest, 'none', 'none');
      await setTemperatures(hall.guest, 19.5, 18.25);
      await hall.becomes('shed_temperature', 19.5);
      await hall.becomes('roof_temperature', 18.25);
      const told = (await journal(hall.guest, new RegExp(`sensor ${name} `))).length;
      await setWireFaults(hall.guest, name === 'shed' ? fault : 'none', name === 'roof' ? fault : 'none');
      await hall.failsWith(name, reason);
      const rows = await nextRows(hall.url, 4);
      expect(rows.map(row => row[column])).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
      for (const { air_temperature: air } of rows) expect(air).toBeCloseTo(25.08, 2);
      // A faulty one keeps the bus busy, as the driver asks it again and again.
      await hall.becomes(other!, name === 'shed' ? 18.25 : 19.5);
      await setWireFaults(hall.guest, 'none', 'none');
      await hall.recovers(name);
      await hall.becomes(column!, name === 'shed' ? 19.5 : 18.25);
      const lines = await journal(hall.guest, new RegExp(`sensor ${name} `));
      expect(lines.slice(told)).toEqual([
        expect.stringMatching(`sensor ${name} fails`),
        expect.stringMatching(`sensor ${name} is back`),
      ]);
    },
  );

  it('says that a driver of the kernel holds a chip, and reads it again without the driver', async () => {
    // A file of the bus that was opened before goes on reading the chip, so the driver has to be there first.
    await stopService(hall.guest);
    await hall.guest.run('echo lm75 0x48 >/sys/bus/i2c/devices/i2c-0/new_device');
    const told = (await journal(hall.guest, /sensor adc /)).length;
    await hall.start(DOOR);
    await hall.failsWith('adc', /0x48 on i2c-0 is held by a driver of the kernel/);
    expect(await hall.now('adc_voltage_ain0')).toBeNaN();
    await hall.guest.run('echo 0x48 >/sys/bus/i2c/devices/i2c-0/delete_device');
    await hall.recovers('adc');
    const lines = await journal(hall.guest, /sensor adc /);
    expect(lines.slice(told)).toEqual([
      expect.stringMatching('sensor adc fails'),
      expect.stringMatching('sensor adc is back'),
    ]);
  });

  it('begins without the I2C bus, says what is missing, and reads it when it is there', async () => {
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

  it('says which group a user needs for the I2C bus', async () => {
    await hall.guest.run(`cat >/etc/dapberry/alone.yaml <<'END'
server: {port: 8081}
datasets: {board: {sensors: [{kind: lm75, bus: 0, address: 0x48}]}}
END
systemd-run --quiet --unit=alone -p User=nobody node /app/dist/server/main.js serve --config /etc/dapberry/alone.yaml`);
    const said = await eventually(
      () => hall.guest.run('curl -sf http://127.0.0.1:8081/health'),
      text => text.includes('"failing"'),
      START,
    );
    expect(said).toMatch(/\/dev\/i2c-0 may not be opened by this user: add it to the group i2c/);
    await hall.guest.run(`systemctl stop alone
systemd-run --quiet --unit=member -p User=nobody -p SupplementaryGroups=i2c \\
  node /app/dist/server/main.js serve --config /etc/dapberry/alone.yaml`);
    await eventually(
      () => hall.guest.run('curl -sf http://127.0.0.1:8081/health'),
      text => text.includes('"status":"ok"'),
      START,
    );
    await hall.guest.run('systemctl stop member');
  });
});
