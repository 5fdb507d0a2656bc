// Requests that are allowed and cost the server much, again and again.

import { asking, get, one } from './attack.mjs';

/** The address of yesterday, which is over, as Arrays. */
const DAY = `/attic/${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}`;

/** Ranges, validators and dates that are wrong or very long. */
const CONDITIONS = [
  () => `Range: bytes=${Array.from({ length: 3000 }, (_, at) => `${at}-${at}`).join()}\r\n`,
  () => 'Range: bytes=-99999999999999999999\r\n',
  () => `If-None-Match: ${Array(8000).fill('"abc"').join()}\r\n`,
  () => `If-None-Match: ${'W/"'.repeat(9000)}\r\n`,
  () => `If-Modified-Since: ${'9'.repeat(5000)}\r\n`,
  () => 'If-Range: "x"\r\nRange: bytes=0-0,0-0\r\n',
];

export const PAST = [
  asking('past: the whole of it as CSV', ['/past/attic.csv']),
  asking('past: the whole of it as DAP2', ['/past/attic.dods']),
  asking('past: the whole of it as JSON', ['/past/attic.json']),
  asking('past: the whole of it as netCDF', ['/past/attic.nc']),
  asking(
    'past: the whole of it in seconds',
    [
      '/past/attic.dods?bucket("time/1second")',
      '/past/attic.dods?orderByMinMax("time/1second,temperature")',
    ].map(path => path.replaceAll('"', '%22').replace('?', '?&')),
  ),
  asking('past: rows that are not there', [
    '/past/attic.dods?&temperature>1e30',
    '/past/attic.asc?&temperature<-1e30',
  ]),
  asking(
    'past: files of a day, with wrong ranges and validators',
    [`${DAY}.dods`, `${DAY}.nc`, `${DAY}.das`],
    () => one(CONDITIONS)(),
  ),
  asking('past: Arrays with hyperslabs beyond their ends', [
    `${DAY}.dods?time[0:1:4294967295]`,
    `${DAY}.dods?time[4294967295:4294967295:4294967295]`,
    `${DAY}.dods?temperature[0:0:9]`,
  ]),
  {
    name: 'past: asked for in every format, and left at once',
    clients: 150,
    back: 0,
    leaves: 5,
    sends: () => get(`/past/attic.${one(['csv', 'dods', 'json', 'nc', 'asc', 'ndjson', 'events'])}`),
  },
  asking('pages: metrics and health', ['/metrics', '/health']),
  asking('pages: catalogue, forms and documents', [
    '/',
    '/catalog.html',
    '/catalog.json',
    '/garden.html',
    '/garden.info',
    '/docs/',
    '/docs/addresses.html',
  ]),
  asking('pages: the newest rows with their day', [
    '/latest.json?spark=60',
    '/attic/latest.json?spark=60&zone=Asia/Kathmandu',
  ]),
];
