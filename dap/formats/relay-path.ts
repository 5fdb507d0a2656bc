// Names the header with the relays through which the rows of a dataset come.

/** Its value names them, the nearest one first. A server that makes the rows itself does not send it. */
export const RELAY_PATH = 'Dapberry-Relay-Path';
