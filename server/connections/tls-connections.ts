// Puts TLS before HTTP: it completes the handshakes of accepted connections within a time limit, and answers plain HTTP with a sentence.

import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type TLSSocket } from 'node:tls';

/** The first byte of a handshake (RFC 8446, section 5.1); requests of HTTP begin with a letter. */
const HANDSHAKE = 0x16;

export interface TlsOptions {
  /** Whether new connections speak TLS; a reload may change it. */
  readonly isWanted: () => boolean;
  /** Calls its argument with the certificate, now and whenever it changes. */
  readonly certificates: (take: (options: SecureContextOptions) => void) => void;
  /** Milliseconds until the handshake has to be complete. */
  readonly handshakeTimeout: number;
}

export interface TlsHandlers {
  readonly onSecure: (socket: Socket, secured: TLSSocket) => void;
  /** The handshake failed or took too long. The connection is closed afterwards. */
  readonly onFailure: (socket: Socket) => void;
  /** The client speaks HTTP without TLS, and waits for an answer. */
  readonly onPlain: (socket: Socket) => void;
}

/** Returns a function that begins the handshake of a connection. */
export function tlsConnections(
  { certificates, handshakeTimeout }: Omit<TlsOptions, 'isWanted'>,
  { onSecure, onFailure, onPlain }: TlsHandlers,
): (socket: Socket) => void {
  /** Handshakes that are not complete, by the two ends of their connections. */
  const handshakes = new Map<string, Handshake>();
  const server = createServer({ ALPNProtocols: ['http/1.1'], handshakeTimeout });
  certificates(options => server.setSecureContext(options));
  server.on('secureConnection', secured => {
    const handshake = handshakes.get(endsOf(secured));
    handshake?.end();
    // The client has left meanwhile.
    if (handshake === undefined) secured.destroy();
    else onSecure(handshake.socket, secured);
  });
  server.on('tlsClientError', (_error, secured) => {
    const handshake = handshakes.get(endsOf(secured));
    handshake?.end();
    if (handshake !== undefined) onFailure(handshake.socket);
    secured.destroy();
  });
  return socket => {
    const ends = endsOf(socket);
    const timer = setTimeout(() => {
      handshake.end();
      onFailure(socket);
      socket.destroy();
    }, handshakeTimeout).unref();
    const handshake: Handshake = {
      socket,
      end: () => {
        clearTimeout(timer);
        if (handshakes.get(ends) === handshake) handshakes.delete(ends);
      },
    };
    handshakes.set(ends, handshake);
    // A connection that breaks closes.
    socket.on('error', () => {});
    socket.once('close', handshake.end);
    socket.once('readable', () => {
      const bytes: Buffer | null = socket.read();
      if (bytes === null) {
        // The client has ended the connection without a byte.
        socket.destroy();
      } else if (bytes[0] === HANDSHAKE) {
        socket.unshift(bytes);
        server.emit('connection', socket);
      } else {
        handshake.end();
        onFailure(socket);
        // With unread bytes the kernel would reset the connection, and the client lose the answer.
        socket.resume();
        onPlain(socket);
      }
    });
  };
}

interface Handshake {
  readonly socket: Socket;
  /** Forgets it. */
  readonly end: () => void;
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ');
}
