// Lists the responses that every DAP2 server gives, with their suffixes (DAP2 draft, section 3).

import { type ResponseFormat, suffixStripper } from './response-format.ts';

const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

/** The responses of DAP2, in the order in which pages list them. */
export const DAP2 = {
  ascii: {
    suffix: '.asc',
    aliases: ['.ascii'],
    mediaType: TEXT,
    description: 'dods-ascii',
    label: 'text',
    summary: 'the rows as text, one a line',
    constrainedBy: 'constraint',
  },
  dods: {
    suffix: '.dods',
    mediaType: 'application/octet-stream',
    description: 'dods-data',
    label: 'binary',
    summary: 'the rows as DAP2 binary data; endless unless the constraint bounds them',
    constrainedBy: 'constraint',
  },
  form: {
    suffix: '.html',
    mediaType: HTML,
    label: 'form',
    summary: 'a form to choose columns and rows',
    constrainedBy: 'nothing',
  },
  info: {
    suffix: '.info',
    mediaType: HTML,
    label: 'description',
    summary: 'a description of the dataset as a page',
    constrainedBy: 'nothing',
  },
  dds: {
    suffix: '.dds',
    mediaType: TEXT,
    description: 'dods-dds',
    label: 'structure',
    summary: 'the structure: names and types (a constraint applies)',
    constrainedBy: 'projection',
  },
  das: {
    suffix: '.das',
    mediaType: TEXT,
    description: 'dods-das',
    label: 'attributes',
    summary: 'the attributes: units, long names, title',
    constrainedBy: 'nothing',
  },
  version: {
    suffix: '.ver',
    mediaType: TEXT,
    description: 'dods-version',
    label: 'version',
    summary: 'versions of protocol and server',
    constrainedBy: 'nothing',
  },
  help: {
    suffix: '.help',
    mediaType: HTML,
    label: 'help',
    summary: 'how to write an address, with examples',
    constrainedBy: 'nothing',
  },
} as const satisfies Record<string, ResponseFormat>;

/** The same as a list. */
export const DAP2_FORMATS: readonly ResponseFormat[] = Object.values(DAP2);

/**
 * Takes a suffix of DAP2 off an address. Suffixes that only some servers have stay: elsewhere a dataset may be called
 * `sst.mnmean.nc` or `stations.csv`.
 */
export const withoutDap2Suffix = suffixStripper(DAP2_FORMATS);
