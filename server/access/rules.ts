// Declares who may read the server where not everyone may.

import type { Users } from './users.ts';

/** Addresses besides those of datasets that can be opened to everyone. */
export type OpenAddress = 'health' | 'metrics';

export interface AccessRules {
  readonly users: Users;
  readonly public: readonly OpenAddress[];
}
