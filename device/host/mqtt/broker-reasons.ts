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
    case 'CERT_HAS_EXPIRED':
      return new Error('the certificate of the broker has expired', { cause: error });
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return new Error(
        'the certificate of the broker is for another name: write a name of the certificate in "url"',
        { cause: error },
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new Error('the network does not reach the broker: check "url" and the network', {
        cause: error,
      });
    default:
      // Of the library, which has no code for it.
      if (message === 'connack timeout') return new Error(NO_ANSWER, { cause: error });
      return error instanceof Error ? error : new Error(message);
  }
}

const NO_ANSWER =
  'no broker answers within 10 s: check the host and the port of "url", and write mqtts:// if it speaks TLS, mqtt:// if it does not';

/** The broker has ended the connection because a packet was too large for it. */
export class BrokerPacketRefused extends Error {
  override readonly name = 'BrokerPacketRefused';
}

/** Of the reason code with which the broker has ended the connection (MQTT 5, section 3.14.2.1). */
export function disconnectError(code: number): Error {
  return code === 0x95
    ? new BrokerPacketRefused('the broker ended the connection: a packet was too large')
    : new Error(disconnectText(code));
}

function disconnectText(code: number): string {
  switch (code) {
    case 0x8e:
      return 'another client with the same client identifier has taken the connection over: give each server a "clientId" of its own';
    case 0x87:
      return 'the broker ended the connection: not authorized';
    case 0x8b:
      return 'the broker ends';
    default:
      return `the broker ended the connection (reason 0x${code.toString(16)})`;
  }
}
