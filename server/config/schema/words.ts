// Defines the schemas of texts, names, e-mail addresses and web addresses.

import { z } from 'zod';

/** A name that DAP2 can carry. */
export const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

export const text = (description: string) => z.string().min(1).optional().describe(description);

export const name = (description: string) =>
  z.string().regex(NAME).optional().meta({
    description,
    expected: 'a name of at most 64 letters, digits and _, not beginning with a digit',
  });

export const email = (description: string) =>
  z.email().optional().meta({ description, expected: 'an address such as someone@example.org' });

export const url = (description: string) =>
  z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description, expected: 'an address such as https://example.org' });
