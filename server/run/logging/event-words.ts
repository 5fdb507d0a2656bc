// Words events for the log: clients that the server ended or refused, and the work of histories.

import type { HistoryWork } from '../../history/history-faults.ts';
import type { UnwantedEnd } from '../../http/app.ts';

/** The messages about one client, and about several. */
export const UNWANTED: Readonly<Record<UnwantedEnd, readonly [one: string, many: string]>> = {
  'stream-stuck': ['read nothing and was disconnected', 'read nothing and were disconnected'],
  'stream-displaced': [
    'had waited longest for a row and was disconnected for another client (server.maxStreams, server.maxStreamsPerAddress)',
    'had waited longest for a row and were disconnected for others (server.maxStreams, server.maxStreamsPerAddress)',
  ],
  'connection-refused': [
    'was refused a connection: too many are open (server.maxConnections, server.maxConnectionsPerAddress)',
    'were refused a connection: too many were open (server.maxConnections, server.maxConnectionsPerAddress)',
  ],
  'connection-barred': [
    'was refused: server.allow does not list its address',
    'were refused: server.allow does not list their addresses',
  ],
  'connection-displaced': [
    'had an idle connection, which was closed for a new one (server.maxConnections, server.maxConnectionsPerAddress)',
    'had idle connections, which were closed for new ones (server.maxConnections, server.maxConnectionsPerAddress)',
  ],
  'connection-flooded': [
    'sent too many requests without waiting for the answers and was disconnected (server.maxUnansweredRequests)',
    'sent too many requests without waiting for the answers and were disconnected (server.maxUnansweredRequests)',
  ],
  'connection-handshake': [
    'did not complete the handshake of TLS: it spoke http, an old version or nothing, or did not trust the certificate',
    'did not complete the handshake of TLS: they spoke http, an old version or nothing, or did not trust the certificate',
  ],
  'connection-stuck': [
    'read nothing of its responses and was disconnected',
    'read nothing of their responses and were disconnected',
  ],
};

/** What is said of the work of a history while it fails, and when it succeeds again. */
export const HISTORY: Readonly<
  Record<HistoryWork, (dataset: string) => { fails: string; succeeds: string }>
> = {
  write: dataset => ({
    fails: `the rows of ${dataset} cannot be stored; they wait in memory`,
    succeeds: `the rows of ${dataset} are stored again`,
  }),
  merge: dataset => ({
    fails: `the files of past days of ${dataset} cannot be merged; they stay in parts`,
    succeeds: `the files of past days of ${dataset} are merged again`,
  }),
  delete: dataset => ({
    fails: `old files of ${dataset} cannot be deleted`,
    succeeds: `old files of ${dataset} are deleted again`,
  }),
};
