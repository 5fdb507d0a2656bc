// Declares what the checks depend on: the kinds, the drivers, the schemas and the overrides.

import type { SensorKind } from '../../../device/index.ts';
import type { Overrides } from '../config.ts';
import type { DriverKinds } from '../drivers/drivers.ts';
import type { ConfigSchemas } from '../schema/schema.ts';

export interface CheckOptions {
  readonly kinds: readonly SensorKind[];
  readonly drivers: DriverKinds;
  readonly schemas: ConfigSchemas;
  readonly simulate: boolean;
  readonly overrides: Overrides;
}
