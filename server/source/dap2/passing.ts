// Says whether a request to another server that failed may succeed a moment later.

import { isTransient, ResponseError } from '../../../dap/client/http/request.ts';
import { DapError } from '../../../dap/protocol.ts';

/** Whether another request may be answered: this one was not, or the server was busy. */
export function isPassing(error: unknown): boolean {
  if (error instanceof DapError) return isTransient(error.code);
  return error instanceof ResponseError && (error.status === undefined || isTransient(error.status));
}
