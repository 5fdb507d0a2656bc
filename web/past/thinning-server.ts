// Asks a server for its name: only dapberry is known to thin rows out by `bucket`.

import { DAP2 } from '../../dap/index.ts';
import type { DatasetAddress } from '../stream/address.ts';

/** Rejects if no answer comes. */
export async function thinsRowsOut({ base }: DatasetAddress, signal: AbortSignal): Promise<boolean> {
  const answer = await fetch(`${base}${DAP2.version.suffix}`, { signal });
  return answer.ok && /dapberry/i.test(await answer.text());
}
