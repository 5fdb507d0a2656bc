// Hashes passwords with scrypt, and verifies them in constant time; the parameters of a hash are bounded.

import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** A hash as text: `scrypt$ln=15,r=8,p=1$SALT$HASH`, with salt and hash in base64url. */
const WRITTEN = /^scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([\w-]{22,86})\$([\w-]{43,86})$/;

/** 32 MiB and about 0.1 s on a PC, 0.4 s on a Raspberry Pi 3. */
const DEFAULTS = { ln: 15, r: 8, p: 1 } as const;

/** A file of another program may ask for more memory and time than a small machine has, or for too little to protect a password. */
const BOUNDS = { ln: [12, 17], r: [8, 16], p: [1, 4] } as const;
const MOST_MEMORY = 128 * 2 ** 20;

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** The longest password in bytes of UTF-8; a longer one is wrong without being hashed. */
export const LONGEST_PASSWORD = 1024;

export const EXPECTED_HASH =
  'a hash that dapberry password made: scrypt$ln=12..17,r=8..16,p=1..4$SALT$HASH, with at most 128 MiB';

export interface PasswordHash {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Undefined for another text, and for parameters out of bounds. */
export function parseHash(text: string): PasswordHash | undefined {
  const [, ln, r, p, salt, hash] = WRITTEN.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  const parameters = { ln: Number(ln), r: Number(r), p: Number(p) };
  const isBounded = (['ln', 'r', 'p'] as const).every(name => {
    const [low, high] = BOUNDS[name];
    return parameters[name] >= low && parameters[name] <= high;
  });
  if (!isBounded || memoryOf(parameters) > MOST_MEMORY) return undefined;
  return { ...parameters, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}

/** The hash of a password as text, with a new salt. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, { ...DEFAULTS, salt, hash: Buffer.alloc(HASH_BYTES) });
  const { ln, r, p } = DEFAULTS;
  return `scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** A hash that no password has and that takes as long as `like`, for the passwords of unknown users. */
export function unmatchable(like: Pick<PasswordHash, 'ln' | 'r' | 'p'> = DEFAULTS): PasswordHash {
  const { ln, r, p } = like;
  return { ln, r, p, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };
}

export async function verifyPassword(password: string, hash: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, hash), hash.hash);
}

/** Normalises first (RFC 8265): keyboards write the same letter in different ways. */
function derive(password: string, { ln, r, p, salt, hash }: PasswordHash): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 2 * memoryOf({ ln, r }) };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, hash.length, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

function memoryOf({ ln, r }: { readonly ln: number; readonly r: number }): number {
  return 128 * r * 2 ** ln;
}
