// Reads responses at little cost for the benches, counts and checks their rows, and measures the age of each.
//
//   reader stream PORT PATH CLIENTS WARM_UP SECONDS PID
//     Reads the responses to PATH on CLIENTS connections, first for WARM_UP seconds, then counts for SECONDS. After the end of a
//     response it repeats the request on the same connection. Prints the bytes and lines of the bodies, and the time of each
//     client.
//   reader rows PORT PATH CLIENTS WARM_UP SECONDS PID STRIDE
//     The same for an endless `.dods` of rows of STRIDE bytes whose first column is a Float64 time (seconds since 1970).
//     Checks the mark of each row and that time increases. Prints, of the rows with a time within the SECONDS: how many each
//     client got, a sum over the bits of their times (equal for clients that got the same rows), and their age when they were
//     read.
//
// PID is the process of the server, whose processor time over the same SECONDS is printed too. The output is one line of JSON.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"
#include "rows.h"

/** Connections without a response at any time while the connections are opened. */
#define AT_ONCE 128

enum state { HEAD, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER, LENGTH, UNTIL_CLOSE };

struct client {
  int fd;
  enum state state;
  int chunked;
  int answered;
  /** Bytes so far of the line or head that is being read. */
  int line_length;
  char line[1024];
  uint64_t left;
  /** Bytes and lines of the bodies, and whole bodies. */
  uint64_t bytes, lines, bodies;
  struct row_reader rows;
};

static const char *request;
static size_t request_length;
static int counts_lines;
static void ask(struct client *client) {
  if (write(client->fd, request, request_length) != (ssize_t)request_length) fail("a request could not be sent");
  client->state = HEAD;
  client->line_length = 0;
  begin_rows(&client->rows);
}

static void take_body(struct client *client, const char *bytes, size_t length) {
  client->bytes += length;
  if (counts_lines) {
    uint64_t lines = 0;
    for (size_t i = 0; i < length; i++) lines += bytes[i] == '\n';
    client->lines += lines;
  }
  if (stride) take_rows(&client->rows, (const unsigned char *)bytes, length);
}

/** Adds a byte to a line or head; true at its end, with the text in `line`. */
static int take_text(struct client *client, char byte, const char *end) {
  if (client->line_length == (int)sizeof client->line - 1) {
    // Keeps the beginning of a long head.
    memmove(client->line + 64, client->line + 68, sizeof client->line - 68);
    client->line_length -= 4;
  }
  client->line[client->line_length++] = byte;
  size_t length = strlen(end);
  if (client->line_length < (int)length || memcmp(client->line + client->line_length - length, end, length)) return 0;
  client->line[client->line_length] = 0;
  client->line_length = 0;
  return 1;
}

static void take(struct client *client, const char *bytes, size_t length) {
  size_t at = 0;
  while (at < length) {
    switch (client->state) {
      case HEAD:
        if (!take_text(client, bytes[at++], "\r\n\r\n")) break;
        if (strncmp(client->line, "HTTP/1.1 200", 12)) {
          fprintf(stderr, "%.400s\n", client->line);
          errno = 0;
          fail("a request was refused");
        }
        client->answered = 1;
        client->chunked = strcasestr(client->line, "transfer-encoding: chunked") != 0;
        client->state = client->chunked ? CHUNK_SIZE : UNTIL_CLOSE;
        const char *announced = strcasestr(client->line, "content-length: ");
        if (announced) {
          client->left = strtoull(announced + strlen("content-length: "), 0, 10);
          client->state = LENGTH;
        }
        break;
      case CHUNK_SIZE: {
        char byte = bytes[at++];
        client->line[client->line_length++ & 63] = byte;
        if (byte != '\n') break;
        client->line[client->line_length & 63] = 0;
        client->left = strtoull(client->line, 0, 16);
        client->line_length = 0;
        client->state = client->left ? CHUNK : TRAILER;
        break;
      }
      case CHUNK: {
        size_t part = client->left < length - at ? client->left : length - at;
        take_body(client, bytes + at, part);
        at += part;
        client->left -= part;
        if (!client->left) client->state = CHUNK_END;
        break;
      }
      case CHUNK_END:
        if (bytes[at++] == '\n') client->state = CHUNK_SIZE;
        break;
      case TRAILER:
        if (bytes[at++] != '\n') break;
        client->bodies++;
        ask(client);
        break;
      case LENGTH: {
        size_t part = client->left < length - at ? client->left : length - at;
        take_body(client, bytes + at, part);
        at += part;
        client->left -= part;
        if (client->left) break;
        client->bodies++;
        ask(client);
        break;
      }
      case UNTIL_CLOSE:
        take_body(client, bytes + at, length - at);
        at = length;
    }
  }
}

static struct client *clients;
static int count;
static int poller;
static char buffer[1 << 20];

/** Reads until a time on the monotonic clock, or, if asked, until every client has a response. */
static void read_until(double end, int answered) {
  struct epoll_event events[1024];
  for (;;) {
    if (answered) {
      int all = 1;
      for (int i = answered - 1; i >= 0 && i >= answered - AT_ONCE && all; i--) all = clients[i].answered;
      if (all) return;
    }
    double left = end - seconds_of(CLOCK_MONOTONIC);
    if (left <= 0) {
      if (answered) errno = 0, fail("the server did not answer in time");
      return;
    }
    int ready = epoll_wait(poller, events, 1024, left > 0.05 ? 50 : (int)(left * 1000) + 1);
    for (int i = 0; i < ready; i++) {
      struct client *client = events[i].data.ptr;
      ssize_t length = read(client->fd, buffer, sizeof buffer);
      if (length < 0 && errno == EAGAIN) continue;
      if (length <= 0) fail("the server ended a connection");
      arrived = seconds_of(CLOCK_REALTIME);
      take(client, buffer, (size_t)length);
    }
  }
}

static void connect_all(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < count; i++) {
    struct client *client = &clients[i];
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (client->fd < 0 || connect(client->fd, (void *)&address, sizeof address)) fail("a connection failed");
    int on = 1;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    epoll_ctl(poller, EPOLL_CTL_ADD, client->fd, &event);
    ask(client);
    if ((i + 1) % AT_ONCE == 0 || i + 1 == count) read_until(seconds_of(CLOCK_MONOTONIC) + 30, i + 1);
  }
}

int main(int argc, char **argv) {
  if (argc < 8) {
    fprintf(stderr, "usage: reader stream|rows PORT PATH CLIENTS WARM_UP SECONDS PID [STRIDE]\n");
    return 2;
  }
  int port = atoi(argv[2]);
  count = atoi(argv[4]);
  double warm_up = atof(argv[5]), seconds = atof(argv[6]);
  int pid = atoi(argv[7]);
  if (!strcmp(argv[1], "rows")) stride = (unsigned)atoi(argv[8]);
  if (stride > sizeof clients->rows.row) fail("rows of more than 256 bytes are not foreseen");
  counts_lines = strstr(argv[3], ".asc") || strstr(argv[3], ".csv") || strstr(argv[3], ".ndjson");
  static char text[2048];
  request_length = (size_t)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", argv[3], port);
  request = text;
  clients = calloc((size_t)count, sizeof *clients);
  poller = epoll_create1(0);
  connect_all(port);

  double begin = seconds_of(CLOCK_MONOTONIC) + warm_up;
  // Waits for rows that were made in the last moment of the range.
  double grace = stride ? 1 : 0;
  double offset = seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_MONOTONIC);
  from_time = begin + offset;
  to_time = from_time + seconds;
  if (stride) read_until(begin, 0);
  else {
    // The server is warm after WARM_UP seconds of processor time, or, on a busy machine, after ten times as long.
    double cold = processor_time(pid), most = begin + 9 * warm_up;
    while (processor_time(pid) < cold + warm_up && seconds_of(CLOCK_MONOTONIC) < most)
      read_until(seconds_of(CLOCK_MONOTONIC) + 0.05, 0);
  }
  begin = seconds_of(CLOCK_MONOTONIC);
  double server = processor_time(pid), own = own_time();
  uint64_t *bytes_before = calloc((size_t)count, sizeof *bytes_before);
  uint64_t lines = 0, bodies = 0, bytes = 0;
  for (int i = 0; i < count; i++) {
    bytes_before[i] = clients[i].bytes;
    lines -= clients[i].lines;
    bodies -= clients[i].bodies;
  }
  read_until(begin + seconds, 0);
  double took = seconds_of(CLOCK_MONOTONIC) - begin;
  server = processor_time(pid) - server;
  own = own_time() - own;
  uint64_t slowest = UINT64_MAX, fastest = 0;
  for (int i = 0; i < count; i++) {
    uint64_t got = clients[i].bytes - bytes_before[i];
    bytes += got;
    lines += clients[i].lines;
    bodies += clients[i].bodies;
    if (got < slowest) slowest = got;
    if (got > fastest) fastest = got;
  }
  printf("{\"seconds\":%.6f,\"bytes\":%llu,\"lines\":%llu,\"bodies\":%llu,\"slowest\":%llu,\"fastest\":%llu,"
         "\"serverSeconds\":%.2f,\"readerSeconds\":%.3f",
         took, (unsigned long long)bytes, (unsigned long long)lines, (unsigned long long)bodies,
         (unsigned long long)slowest, (unsigned long long)fastest, server, own);
  if (stride) {
    read_until(begin + seconds + grace, 0);
    uint64_t alike = 0, least = UINT64_MAX, most = 0;
    for (int i = 0; i < count; i++) {
      alike += clients[i].rows.sum == clients[0].rows.sum && clients[i].rows.count == clients[0].rows.count;
      if (clients[i].rows.count < least) least = clients[i].rows.count;
      if (clients[i].rows.count > most) most = clients[i].rows.count;
    }
    printf(",\"from\":%.6f,\"to\":%.6f,\"least\":%llu,\"most\":%llu,\"alike\":%llu,\"sum\":\"%llu\","
           "\"ages\":{\"p50\":%.1f,\"p99\":%.1f,\"oldest\":%.1f}",
           from_time, to_time, (unsigned long long)least, (unsigned long long)most, (unsigned long long)alike,
           (unsigned long long)clients[0].rows.sum, age_of(0.5), age_of(0.99), oldest * 1000);
  }
  puts("}");
  return 0;
}
