// Describes what an attack is made of, and writes its requests.

/**
 * @typedef Attack
 * @property {string} name what the clients do
 * @property {number} clients how many are connected at once; a client whose connection ends comes again
 * @property {(client: number) => string | Buffer} [sends] as soon as it is connected
 * @property {(client: number) => string | Buffer} [again] each `every` milliseconds after that
 * @property {number} [every] 200 by default
 * @property {number} [reads] bytes that each client reads in 50 ms; everything by default, nothing at 0
 * @property {number} [leaves] milliseconds, up to which a client stays, at random
 * @property {boolean} [halfCloses] it ends its side once it has sent
 * @property {boolean} [resets] it leaves with a reset of the connection
 * @property {number} [back] milliseconds until it comes again; 50 by default
 * @property {number} [addresses] of the loopback network, from which they come; one by default
 */

export const get = (path, headers = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;

/** A request whose connection ends with its answer. */
export const once = (path, headers = '') => get(path, `Connection: close\r\n${headers}`);

export const one = list => list[Math.floor(Math.random() * list.length)];

/** Clients that ask for one of these paths again and again, and read the answers. */
export const asking = (name, paths, headers = '', clients = 50) => ({
  name,
  clients,
  back: 0,
  sends: () => once(one(paths), typeof headers === 'function' ? headers() : headers),
});
