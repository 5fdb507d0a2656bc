// The files of a kernel with two thermometers on its 1-Wire bus.

export const BUS = '/sys/bus/w1/devices';
/** 21.5625 deg C. */
export const W1_SLAVE = '59 01 4b 46 7f ff 07 10 a2 : crc=a2 YES\n59 01 4b 46 7f ff 07 10 a2 t=21562\n';
export const THERMOMETERS = ['28-00000a4d4d49', '28-00000a4d4d50'];
export const ATTACHED = {
  '/proc/loadavg': '0.10 0.20 0.30 1/100 200\n',
  '/etc/group': `dapberry:x:${process.getgid?.() ?? 0}:\n`,
  ...Object.fromEntries(
    THERMOMETERS.flatMap(address => [
      [`${BUS}/${address}/w1_slave`, W1_SLAVE],
      [`${BUS}/w1_bus_master1/${address}/w1_slave`, W1_SLAVE],
    ]),
  ),
};
