// The public face of the device layer: sensor kinds and their setup, and the device that makes rows of sensors.

export {
  type Origin,
  runContained,
  runningDriver,
  type StrayError,
  takeStray,
} from './drivers/containment.ts';
export { DRIVER_TOOLS, type Driver, type DriverTools } from './drivers/driver.ts';
export { IncompleteReading } from './drivers/earlier-driver.ts';
export { type Fault, FaultyKind, KIND_FIELDS, kindFaults } from './drivers/faults.ts';
export { guardedKind } from './drivers/guarded-kind.ts';
export { messageOf } from './error-message.ts';
export { type Clock, systemClock } from './host/clock.ts';
export { codeOf, reasonOf } from './host/file-reason.ts';
export { hexByte, type I2cBusEntry } from './host/i2c/i2c.ts';
export { listI2cBuses } from './host/i2c/i2c-list.ts';
export { type Installation, moduleAdvice, thisInstallation } from './host/installation.ts';
export { isMissing, type KernelFiles, kernelFiles } from './host/kernel-files.ts';
export { BROKER_SHAPE, type BrokerOptions } from './host/mqtt/broker-options.ts';
export { BrokerPacketRefused } from './host/mqtt/broker-reasons.ts';
export { brokerSecrets } from './host/mqtt/broker-secrets.ts';
export {
  connectBroker,
  type MqttConnection,
  MqttRefusal,
  type PublishOptions,
} from './host/mqtt/connection.ts';
export type { QueueAccount, ReadContext } from './host/read-context.ts';
export { readRegular, UnfitFile } from './host/regular-file.ts';
export { type FileFault, NO_CREDENTIALS, readSecret, secretPath } from './host/secret-file.ts';
export {
  type FoundSensor,
  type Need,
  type OptionsOf,
  type SensorHost,
  type SensorKind,
  sensorKind,
  simulatedHost,
  thisHost,
  usualOptions,
} from './kind.ts';
export { oddCharacter, withVisible } from './odd-characters.ts';
export { firstForeign, foreignByte, wideEncoding } from './recordings/encoding.ts';
export { channelValue, columnRange, columnStep, fillValue } from './sampling/columns.ts';
export {
  type ClockHistory,
  type Device,
  type DeviceOptions,
  LONGEST_INTERVAL,
  openDevice,
  type RowsOptions,
  SHORTEST_INTERVAL,
} from './sampling/device.ts';
export type { DeviceEvent } from './sampling/events.ts';
export { openPushedDevice, type PushedDevice, type PushedDeviceOptions } from './sampling/pushed-device.ts';
export type { RowBatches } from './sampling/rows.ts';
export type { SensorState } from './sampling/sensor-health.ts';
export {
  BETWEEN,
  CHANNEL_TYPES,
  type Channel,
  type ChannelType,
  type ComputedSensor,
  type PartialReading,
  type Reading,
  type Sensor,
  type SensorOpener,
  type Values,
} from './sensor.ts';
export { SENSOR_KINDS } from './sensors/catalogue.ts';
export { type I2cKind, isI2cKind } from './sensors/i2c-kind.ts';
export { identifierOf } from './sensors/identifiers.ts';
export { throttledFile } from './sensors/pi-throttled.ts';
export { type Calibration, calibratedRange, calibratedStep } from './setup/calibration.ts';
export {
  type ChannelOverride,
  type ColumnSetup,
  columnsOf,
  type SamplingOverride,
  type SensorSetup,
  samplingOf,
  setUpSensor,
} from './setup/column-setup.ts';
export { DERIVATIONS } from './setup/derived/catalogue.ts';
export { type Derivation, millivoltsOf } from './setup/derived/derivation.ts';
export type { DerivedColumn, DerivedOverride } from './setup/derived/derived-column.ts';
export { type Provenance, provenanceOf } from './setup/provenance.ts';
export { readOnce } from './setup/read-once.ts';
export { reopenOnError } from './setup/reopening-sensor.ts';
export { sensorOpener } from './setup/sensor-opener.ts';
export { duration, secondsOf, size } from './written-options.ts';
