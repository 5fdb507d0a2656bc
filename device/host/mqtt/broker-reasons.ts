// Says in words for a person why a broker does not accept a connection, or has ended it.

import { messageOf } from '../../error-message.ts';

/** In words that say what to do. */
export function told(error: unknown): Error {
  const { code } = error as { code?: unknown };
  const message = messageOf(error);
  switch (code) {
    // Bad user name or password, not authorized: MQTT 3.1.1 and MQTT 5.
    case 4:
    case 5:
    case 134:
    case 135:
      return new Error('the broker refuses the user or the password: check the file of "credentials"', {
        cause: error,
      });
    case 'ECONNREFUSED':
      return new Error('the connection was refused: no broker listens there', { cause: error });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Error('the name of the broker is not known', { cause: error });
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return new Error(
        `the certificate of the broker is of an authority that is not known: name its file with "ca" (${code})`,
        { cause: error },
      );
    default:
      return error instanceof Error ? error : new Error(message);
  }
}

/** MQTT 5, section 3.14.2.1. */
export function disconnectText(code: number): string {
  switch (code) {
    case 0x8e:
      return 'another client with the same client identifier has taken the connection over: give each server a "clientId" of its own';
    case 0x87:
      return 'the broker ended the connection: not authorized';
    case 0x95:
      return 'the broker ended the connection: a packet was too large';
    case 0x8b:
      return 'the broker ends';
    default:
      return `the broker ended the connection (reason 0x${code.toString(16)})`;
  }
}
