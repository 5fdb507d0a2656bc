// Asks a server for its name: only dapberry is known to thin rows out by `bucket`.

import { isTransient } from '../../dap/client/http/request.ts';
import { DAP2 } from '../../dap/index.ts';
import type { DatasetAddress } from '../stream/address.ts';

/** Rejects if no answer comes, or one that may be another one soon. */
export async function thinsRowsOut({ base }: DatasetAddress, signal: AbortSignal): Promise<boolean> {
  const answer = await fetch(`${base}${DAP2.version.suffix}`, { signal });
  if (isTransient(answer.status)) throw new Error(`status ${answer.status}`);
  return answer.ok && /dapberry/i.test(await answer.text());
}
