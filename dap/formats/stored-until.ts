// Names the header of rows that says up to which time the server had stored rows when it started.

/** Its value is the time of the last of these rows, in seconds since 1970. A server without stored rows does not send it. */
export const STORED_UNTIL = 'Dapberry-Stored-Until';
