import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NcFile } from '../../../../server/formats/netcdf/file.ts';
import { encodeHead, MOST_RECORDS, recordLayout } from '../../../../server/formats/netcdf/header.ts';
import { run } from '../../../clients/programs.ts';
import { describeWith, tools } from '../../../tools.ts';
import { NetcdfReader } from './netcdf-reader.ts';

const FILE: NcFile = {
  dimension: 'time',
  attributes: [{ name: 'title', type: 'char', text: 'T' }],
  fixed: [{ name: 'station', attributes: [], value: { type: 'char', text: 'roof', dimension: 'n' } }],
  variables: [
    { name: 'time', type: 'double', attributes: [] },
    { name: 'level', type: 'short', attributes: [{ name: '_FillValue', type: 'short', values: [-1] }] },
  ],
};

/** Words of the format's specification, each four bytes as hexadecimal digits; names and texts are padded to four bytes. */
const HEAD = [
  '43444601',
  '00000003',
  '0000000a 00000002',
  '00000004 74696d65 00000000',
  '00000001 6e000000 00000004',
  '0000000c 00000001',
  '00000005 7469746c 65000000 00000002 00000001 54000000',
  '0000000b 00000003',
  '00000007 73746174 696f6e00 00000001 00000001 00000000 00000000 00000002 00000004 000000e0',
  '00000004 74696d65 00000001 00000000 00000000 00000000 00000006 00000008 000000e4',
  '00000005 6c657665 6c000000 00000001 00000000',
  '0000000c 00000001 0000000a 5f46696c 6c56616c 75650000 00000003 00000001 ffff0000',
  '00000003 00000004 000000ec',
  '726f6f66',
]
  .join(' ')
  .replaceAll(' ', '');

describe('the head of a netCDF file', () => {
  it('is that of the format specification, word by word', () => {
    const { bytes, fileBytes } = encodeHead(FILE, 3);
    expect(Buffer.from(bytes).toString('hex')).toBe(HEAD);
    expect(fileBytes).toBe(bytes.length + 3 * 12);
  });

  it('has offsets of 64 bits from 2 GiB on', () => {
    const { length } = encodeHead(FILE, 0).bytes;
    const most = Math.floor((2 ** 31 - 1 - length) / 12);
    expect(encodeHead(FILE, most).bytes[3]).toBe(1);
    const { bytes, fileBytes } = encodeHead(FILE, most + 1);
    // An offset for each variable.
    expect([bytes[3], bytes.length]).toEqual([2, length + 3 * 4]);
    expect(fileBytes).toBe(bytes.length + (most + 1) * 12);
  });

  it('counts as many rows as four bytes with a sign hold', () => {
    expect(encodeHead(FILE, MOST_RECORDS).bytes.subarray(4, 8)).toEqual(Uint8Array.of(127, 255, 255, 255));
    expect(() => encodeHead(FILE, MOST_RECORDS + 1)).toThrow('expected at most 2147483647 rows');
  });

  it('leaves no room behind the numbers of a single column', () => {
    expect(recordLayout(['short'])).toEqual({ stride: 2, offsets: [0] });
    expect(recordLayout(['short', 'double', 'int'])).toEqual({ stride: 16, offsets: [0, 4, 12] });
  });
});

describeWith('ncdump', 'ncdump', () => {
  it('reads the head of a file of 24 GB', async () => {
    const reader = new NetcdfReader(tools.python3!);
    try {
      const { bytes, fileBytes } = encodeHead(FILE, MOST_RECORDS);
      const path = reader.store(bytes, 'large.nc');
      // A file with a hole takes no room.
      truncateSync(path, fileBytes);
      const { stdout, stderr } = await run(tools.ncdump!, ['-h', path]);
      expect(stderr).toBe('');
      expect(stdout).toContain('time = UNLIMITED ; // (2147483647 currently)');
      expect((await run(tools.ncdump!, ['-k', path])).stdout.trim()).toBe('64-bit offset');
    } finally {
      reader.close();
    }
  });
});
