// Lists all attacks.

import { CONNECTIONS } from './connections.mjs';
import { PAST } from './past.mjs';
import { PIPELINING } from './pipelining.mjs';
import { REQUESTS } from './requests.mjs';

/** @type {import('./attack.mjs').Attack[]} */
export const ATTACKS = [...PIPELINING, ...CONNECTIONS, ...REQUESTS, ...PAST];
