# The peer of dapberry in the bench on the emulated Pi: Python's HTTP server, with rows from plain generators.
#
#   speed.py              serves /computed.dods, /computed.asc and /kept.dods without an end; prints its port
#   speed.py decode FILE  decodes a file of rows again and again; prints, for each of five rounds, the rows a second of its processor time

import math
import struct
import sys
import time
from array import array
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import chain, count, islice

STEP = 0.001
KEPT = 2**12
MARK = 0x5A000000
ROW = struct.Struct('>Iddd')
# As many rows as fit into 61,000 bytes.
AT_ONCE = 2178
DDS = b'Dataset {\n    Sequence {\n        Float64 time;\n        Float64 voltage;\n        Float64 temperature;\n    } sensor;\n} %s;\nData:\n'


def computed():
    now = time.time()
    while True:
        celsius = 20 + 5 * math.sin(now * 2 * math.pi / 86400)
        yield now, 500 + 10 * celsius, celsius
        now += STEP


@cache
def columns():
    return [array('d', column) for column in zip(*islice(computed(), KEPT))]


def kept():
    return chain.from_iterable(zip(*columns()) for _ in count())


def encoded(rows):
    while True:
        yield b''.join([ROW.pack(MARK, *row) for row in islice(rows, AT_ONCE)])


def texts(rows):
    while True:
        yield ''.join(['%r, %r, %r\n' % row for row in islice(rows, AT_ONCE)]).encode()


BODIES = {
    '/computed.dods': lambda: (DDS % b'computed', encoded(computed())),
    '/kept.dods': lambda: (DDS % b'kept', encoded(kept())),
    '/computed.asc': lambda: (b'time, voltage, temperature\n', texts(computed())),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        head, pieces = BODIES[self.path]()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(head)
        try:
            for piece in pieces:
                self.wfile.write(piece)
        except OSError:
            pass  # The client has left.

    def log_message(self, *_):
        pass


def decode(data):
    rates = []
    for _ in range(5):
        begun, rows = time.process_time(), 0
        while time.process_time() < begun + 1:
            columns = tuple(zip(*ROW.iter_unpack(data)))
            rows += len(columns[0])
        rates.append(rows / (time.process_time() - begun))
    print(rates)


if sys.argv[1:2] == ['decode']:
    with open(sys.argv[2], 'rb') as file:
        decode(file.read())
else:
    server = HTTPServer(('127.0.0.1', 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
