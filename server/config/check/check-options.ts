// Declares what the checks between the parts of a configuration go by: kinds, drivers, schemas and overrides.

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
