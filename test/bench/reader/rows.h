// Checks the rows of an endless `.dods`, counts those within a range of times, and measures their age.

#pragma once

#include "measure.h"
#include <stdint.h>

/** The greatest age that is counted, in tenths of a millisecond; older rows count as of this age. */
#define AGES 100000

/** The state of reading the rows of one response. */
struct row_reader {
  /** Whether the line `Data:` has come, and the matched part of it. */
  int in_rows;
  unsigned matched;
  /** The part of a row so far. */
  unsigned row_length;
  unsigned char row[256];
  double last_time;
  /** The rows within the range of times, and the sum of the bits of their times. */
  uint64_t count, sum;
};

/** Bytes of a row; 0 in mode `stream`. */
static unsigned stride;
/** The range of times that count, in seconds since 1970. */
static double from_time = 1e300, to_time = 1e300;
static double arrived;
static uint32_t ages[AGES + 1];
static double oldest;

static void begin_rows(struct row_reader *reader) {
  reader->in_rows = 0;
  reader->matched = 0;
  reader->row_length = 0;
  reader->last_time = -1e300;
}

static void take_row(struct row_reader *reader, const unsigned char *row) {
  uint64_t bits = 0;
  for (int i = 4; i < 12; i++) bits = bits << 8 | row[i];
  double time;
  memcpy(&time, &bits, sizeof time);
  if (row[0] != 0x5a || row[1] || row[2] || row[3]) fail("a row does not begin with its mark");
  if (!(time > reader->last_time)) fail("a row is not later than the one before");
  reader->last_time = time;
  if (time < from_time || time >= to_time) return;
  reader->count++;
  reader->sum += bits;
  double age = arrived - time;
  if (age > oldest) oldest = age;
  long step = (long)(age * 1e4);
  ages[step < 0 ? 0 : step > AGES ? AGES : step]++;
}

static void take_rows(struct row_reader *reader, const unsigned char *bytes, size_t length) {
  size_t at = 0;
  if (!reader->in_rows) {
    static const char end[] = "\nData:\n";
    for (; at < length && !reader->in_rows; at++) {
      reader->matched = bytes[at] == (unsigned char)end[reader->matched] ? reader->matched + 1 : bytes[at] == '\n';
      reader->in_rows = reader->matched == sizeof end - 1;
    }
  }
  while (at < length) {
    if (reader->row_length == 0 && length - at >= stride) {
      take_row(reader, bytes + at);
      at += stride;
      continue;
    }
    size_t part = stride - reader->row_length < length - at ? stride - reader->row_length : length - at;
    memcpy(reader->row + reader->row_length, bytes + at, part);
    reader->row_length += part;
    at += part;
    if (reader->row_length == stride) {
      take_row(reader, reader->row);
      reader->row_length = 0;
    }
  }
}

/** The age that a share of the rows is below, in milliseconds. */
static double age_of(double share) {
  uint64_t all = 0, seen = 0;
  for (int i = 0; i <= AGES; i++) all += ages[i];
  for (int i = 0; i <= AGES; i++) {
    seen += ages[i];
    if ((double)seen >= share * (double)all) return (i + 1) / 10.0;
  }
  return 0;
}
