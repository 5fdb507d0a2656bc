// Route `/attached-sensors.yaml`: a configuration of the attached sensors, to name them, while nobody has configured a dataset.

import type { FastifyInstance } from 'fastify';
import { thisInstallation } from '../../../device/index.ts';
import { RequestError } from '../../request-error.ts';
import type { RouteContext } from '../server-state.ts';

/** Relative to the root of the server. */
export const LINES_PATH = 'attached-sensors.yaml';

/** A service has the usual file; a person who runs the server from its sources or by npm names one. */
const ABOVE = ['checkout', 'npm'].includes(thisInstallation().kind)
  ? '# Write these lines into a file, change the names and titles, and start the server with --config and that file. Or let dapberry setup --output FILE ask for them.'
  : '# Paste these lines with: sudo dapberry edit. Then change the names and titles. Or let sudo dapberry setup ask for them.';

export function attachedRoute(app: FastifyInstance, { state }: RouteContext): void {
  const options = { exposeHeadRoute: true, config: { access: 'users' } } as const;
  app.get(`/${LINES_PATH}`, options, async (_request, reply) => {
    const { lines } = state.builtin ?? {};
    if (lines === undefined) throw new RequestError(404, reasonFor(state.builtin !== undefined));
    return reply
      .type('text/yaml; charset=utf-8')
      .header('Cache-Control', 'no-store')
      .send(`${ABOVE}\n${lines}`);
  });
}

function reasonFor(isBuiltin: boolean): string {
  return isBuiltin
    ? 'no sensor that the kernel knows is attached; dapberry list --probe looks on I2C too'
    : 'the datasets of this server are configured; dapberry list prints lines for the attached sensors';
}
