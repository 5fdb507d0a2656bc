// Routes `/sign-in`: a browser asks for a user and a password there, and sends them with every later request of the page.

import type { FastifyInstance } from 'fastify';

/** Relative to the folder of all datasets. */
export const SIGN_IN = 'sign-in';

/** The guard refuses a client without a password, which makes a browser ask for one; one with a password goes back to the page. */
export function signInRoute(app: FastifyInstance): void {
  app.get(`/${SIGN_IN}`, { exposeHeadRoute: true, config: { access: 'users' } }, (_request, reply) =>
    // Relative, because a proxy may add a prefix.
    reply.header('Cache-Control', 'no-store').redirect('./', 303),
  );
}
