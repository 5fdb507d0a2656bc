// The face of the device layer: sensors to open, the device that makes rows of them, and what both are described by.

export { type Clock, systemClock } from './clock.ts';
export { fillValue } from './columns.ts';
export { type Device, type DeviceOptions, openDevice, type RowsOptions } from './device.ts';
export type { DeviceEvent } from './events.ts';
export { type KernelFiles, kernelFiles } from './kernel-files.ts';
export type { Rows } from './rows.ts';
export type { Channel, ChannelType, ComputedSensor, OpenSensor, Reading, Sensor } from './sensor.ts';
export type { SensorState } from './sensor-health.ts';
export { type HostSensorsOptions, hostSensors, simulatedTmp36 } from './sensors/catalogue.ts';
