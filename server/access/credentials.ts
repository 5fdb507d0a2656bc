// Reads the user and the password of a request from its Authorization header: Basic, or Bearer with NAME.PASSWORD.

import type { IncomingMessage } from 'node:http';
import { RequestError } from '../request-error.ts';
import { LONGEST_PASSWORD } from './password-hash.ts';
import { USER_NAME } from './users.ts';

export interface Credentials {
  readonly scheme: 'Basic' | 'Bearer';
  readonly name: string;
  readonly password: string;
}

/** A longer header cannot hold a valid name and password. */
const LONGEST = 2 * (64 + LONGEST_PASSWORD);

const BASIC = /^basic +([a-z\d+/]+={0,2})$/i;

/** RFC 6750, section 2.1. */
const BEARER = /^bearer +([\w-]{1,64})\.([\w.~+/-]+=*)$/i;

/**
 * Undefined without the header, `'unreadable'` for any other header than one of a valid name and a password.
 * @throws RequestError if there are several, of which a proxy may have read another one
 */
export function credentialsOf({
  headers: { authorization },
  rawHeaders,
}: IncomingMessage): Credentials | 'unreadable' | undefined {
  if (authorization === undefined) return undefined;
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  if (names.filter(name => name.toLowerCase() === 'authorization').length > 1)
    throw new RequestError(400, 'expected one Authorization header, found several');
  return parseAuthorization(authorization) ?? 'unreadable';
}

export function parseAuthorization(header: string): Credentials | undefined {
  if (header.length > LONGEST) return undefined;
  const [, name = '', token] = BEARER.exec(header) ?? [];
  if (token !== undefined) return { scheme: 'Bearer', name, password: token };
  const [, encoded] = BASIC.exec(header) ?? [];
  if (encoded === undefined) return undefined;
  const text = utf8(Buffer.from(encoded, 'base64'));
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 0) return undefined;
  const credentials = {
    scheme: 'Basic',
    name: text.slice(0, colon),
    password: text.slice(colon + 1),
  } as const;
  const isShort = Buffer.byteLength(credentials.password) <= LONGEST_PASSWORD;
  return USER_NAME.test(credentials.name) && isShort ? credentials : undefined;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
