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

/** Connections without a response at any time while the connections are opened. */
#define AT_ONCE 128

/** The greatest age that is counted, in tenths of a millisecond; older rows count as of this age. */
#define AGES 100000

enum state { HEAD, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER, UNTIL_CLOSE };

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
  /** In mode `rows`: the matched part of the line `Data:`, the part of a row so far, the time of the row before, the counts. */
  int in_rows;
  unsigned matched;
  unsigned row_length;
  unsigned char row[256];
  double last_time;
  uint64_t rows, sum;
};

static const char *request;
static size_t request_length;
static int counts_lines;
static unsigned stride;
/** The range of times that count, in seconds since 1970. */
static double from_time = 1e300, to_time = 1e300;
static double arrived;
static uint32_t ages[AGES + 1];
static double oldest;

static void fail(const char *what) {
  fprintf(stderr, "reader: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
  exit(1);
}

static double seconds_of(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/** Seconds of processor time that a process has taken, in the kernel's steps of 10 ms. */
static double processor_time(int pid) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file) fail("the server's /proc/PID/stat cannot be read");
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  unsigned long user, system;
  char *rest = strrchr(text, ')');
  if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    fail("the server's /proc/PID/stat is not as expected");
  return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double own_time(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static void ask(struct client *client) {
  if (write(client->fd, request, request_length) != (ssize_t)request_length) fail("a request could not be sent");
  client->state = HEAD;
  client->line_length = 0;
  client->in_rows = 0;
  client->matched = 0;
  client->row_length = 0;
  client->last_time = -1e300;
}

static void take_row(struct client *client, const unsigned char *row) {
  uint64_t bits = 0;
  for (int i = 4; i < 12; i++) bits = bits << 8 | row[i];
  double time;
  memcpy(&time, &bits, sizeof time);
  if (row[0] != 0x5a || row[1] || row[2] || row[3]) fail("a row does not begin with its mark");
  if (!(time > client->last_time)) fail("a row is not later than the one before");
  client->last_time = time;
  if (time < from_time || time >= to_time) return;
  client->rows++;
  client->sum += bits;
  double age = arrived - time;
  if (age > oldest) oldest = age;
  long step = (long)(age * 1e4);
  ages[step < 0 ? 0 : step > AGES ? AGES : step]++;
}

static void take_rows(struct client *client, const unsigned char *bytes, size_t length) {
  size_t at = 0;
  if (!client->in_rows) {
    static const char end[] = "\nData:\n";
    for (; at < length && !client->in_rows; at++) {
      client->matched = bytes[at] == (unsigned char)end[client->matched] ? client->matched + 1 : bytes[at] == '\n';
      client->in_rows = client->matched == sizeof end - 1;
    }
  }
  while (at < length) {
    if (client->row_length == 0 && length - at >= stride) {
      take_row(client, bytes + at);
      at += stride;
      continue;
    }
    size_t part = stride - client->row_length < length - at ? stride - client->row_length : length - at;
    memcpy(client->row + client->row_length, bytes + at, part);
    client->row_length += part;
    at += part;
    if (client->row_length == stride) {
      take_row(client, client->row);
      client->row_length = 0;
    }
  }
}

static void take_body(struct client *client, const char *bytes, size_t length) {
  client->bytes += length;
  if (counts_lines) {
    uint64_t lines = 0;
    for (size_t i = 0; i < length; i++) lines += bytes[i] == '\n';
    client->lines += lines;
  }
  if (stride) take_rows(client, (const unsigned char *)bytes, length);
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
  if (stride > sizeof clients->row) fail("rows of more than 256 bytes are not foreseen");
  counts_lines = strstr(argv[3], ".asc") != 0;
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
      alike += clients[i].sum == clients[0].sum && clients[i].rows == clients[0].rows;
      if (clients[i].rows < least) least = clients[i].rows;
      if (clients[i].rows > most) most = clients[i].rows;
    }
    printf(",\"from\":%.6f,\"to\":%.6f,\"least\":%llu,\"most\":%llu,\"alike\":%llu,\"sum\":\"%llu\","
           "\"ages\":{\"p50\":%.1f,\"p99\":%.1f,\"oldest\":%.1f}",
           from_time, to_time, (unsigned long long)least, (unsigned long long)most, (unsigned long long)alike,
           (unsigned long long)clients[0].sum, age_of(0.5), age_of(0.99), oldest * 1000);
  }
  puts("}");
  return 0;
}
