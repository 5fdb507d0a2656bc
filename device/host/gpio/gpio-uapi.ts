// Encodes and decodes the structures of the GPIO character device, version 2 (linux/gpio.h).

import { endianness } from 'node:os';
import process from 'node:process';
import type { Level, Pull } from './gpio.ts';

/** Request codes: direction, size of the structure, the type 0xB4 and a number (linux/ioctl.h). Kernel 5.10 or newer. */
export const GET_CHIP_INFO = 0x8044b401;
export const GET_LINE_INFO = 0xc100b405;
export const GET_LINE = 0xc250b407;
export const GET_VALUES = 0xc010b40e;
export const SET_VALUES = 0xc010b40f;

/** struct gpiochip_info */
const CHIP_INFO = { size: 68, label: 32, lines: 64 };
/** struct gpio_v2_line_info */
const LINE_INFO = { size: 256, consumer: 32, offset: 64 };
/** struct gpio_v2_line_request; `flags`, `attributeCount` and `attributes` are those of its config. */
const REQUEST = {
  size: 592,
  consumer: 256,
  flags: 288,
  attributeCount: 296,
  attributes: 320,
  lineCount: 560,
  bufferSize: 564,
  descriptor: 588,
};
/** struct gpio_v2_line_config_attribute */
const ATTRIBUTE = { values: 8, mask: 16, outputValues: 2 };
/** struct gpio_v2_line_event */
const EVENT = { size: 48, id: 8, lineNumber: 20, rising: 1 };

/** enum gpio_v2_line_flag, as bits */
const INPUT = 1n << 2n;
const OUTPUT = 1n << 3n;
const BOTH_EDGES = (1n << 4n) | (1n << 5n);
const PULL_FLAGS: Readonly<Record<Pull, bigint>> = {
  'as-is': 0n,
  up: 1n << 8n,
  down: 1n << 9n,
  none: 1n << 10n,
};

/** The owner of a line as other programs and error messages show it, with the number of this process; 31 characters at most. */
const CONSUMER = `dapberry (process ${process.pid})`;
const NAME_SIZE = 32;

/** How many edges the kernel keeps until they are read, the maximum for one line. */
const KEPT_EDGES = 1024;

/** Whether this machine has the byte order of these structures, as every Raspberry Pi has. */
export const isLittleEndian = endianness() === 'LE';

export function chipInfo(): Buffer {
  return Buffer.alloc(CHIP_INFO.size);
}

export function parseChipInfo(info: Buffer): { readonly label: string; readonly lines: number } {
  return { label: textAt(info, CHIP_INFO.label), lines: info.readUInt32LE(CHIP_INFO.lines) };
}

export function lineInfo(offset: number): Buffer {
  const info = Buffer.alloc(LINE_INFO.size);
  info.writeUInt32LE(offset, LINE_INFO.offset);
  return info;
}

/** The holder of the line; empty if there is none or it has no name. */
export function consumerIn(info: Buffer): string {
  return textAt(info, LINE_INFO.consumer);
}

export function inputRequest(offset: number, pull: Pull, withEdges: boolean): Buffer {
  const request = requestOf(offset, INPUT | PULL_FLAGS[pull] | (withEdges ? BOTH_EDGES : 0n));
  if (withEdges) request.writeUInt32LE(KEPT_EDGES, REQUEST.bufferSize);
  return request;
}

export function outputRequest(offset: number, level: Level): Buffer {
  const request = requestOf(offset, OUTPUT);
  request.writeUInt32LE(1, REQUEST.attributeCount);
  request.writeUInt32LE(ATTRIBUTE.outputValues, REQUEST.attributes);
  request.writeBigUInt64LE(BigInt(level), REQUEST.attributes + ATTRIBUTE.values);
  request.writeBigUInt64LE(1n, REQUEST.attributes + ATTRIBUTE.mask);
  return request;
}

function requestOf(offset: number, flags: bigint): Buffer {
  const request = Buffer.alloc(REQUEST.size);
  request.writeUInt32LE(offset, 0);
  request.write(CONSUMER, REQUEST.consumer, 'latin1');
  request.writeBigUInt64LE(flags, REQUEST.flags);
  request.writeUInt32LE(1, REQUEST.lineCount);
  return request;
}

/** The file descriptor of the line in a granted request. */
export function descriptorIn(request: Buffer): number {
  return request.readInt32LE(REQUEST.descriptor);
}

/** A struct gpio_v2_line_values for the one line of a request. */
export function valuesOf(level: Level): Buffer {
  const values = Buffer.alloc(16);
  values[0] = level;
  values[8] = 1;
  return values;
}

export function levelIn(values: Buffer): Level {
  return values[0]! & 1 ? 1 : 0;
}

export interface LineEvent {
  readonly level: Level;
  /** Nanoseconds of CLOCK_MONOTONIC, the clock of `process.hrtime`. */
  readonly time: bigint;
  /** The number of the edge, from 1 on; edges that were not kept count too. */
  readonly number: number;
}

/** A buffer for as many events as the kernel keeps. */
export function eventBuffer(): Buffer {
  return Buffer.alloc(EVENT.size * KEPT_EDGES);
}

/** @param length how many bytes were read into the buffer */
export function eventsIn(buffer: Buffer, length: number): LineEvent[] {
  const count = Math.floor(length / EVENT.size);
  return Array.from({ length: count }, (_, index) => {
    const start = index * EVENT.size;
    return {
      level: buffer.readUInt32LE(start + EVENT.id) === EVENT.rising ? 1 : 0,
      time: buffer.readBigUInt64LE(start),
      number: buffer.readUInt32LE(start + EVENT.lineNumber),
    };
  });
}

function textAt(buffer: Buffer, start: number): string {
  const text = buffer.toString('latin1', start, start + NAME_SIZE);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
