// Draws a circuit as SVG: the header of the Pi below, the parts above it, and a lane for each wire between them.

import { HEADER } from './header.mjs';

const WIDTH = 720;
const COLUMN = 30;
const HEADER_LEFT = 75;
/** The heights of the row of even places, at the edge of the board, and of the inner row of odd places. */
const EVEN_Y = 470;
const ODD_Y = 494;
const BOARD_TOP = 448;
const HEIGHT = 620;
/** The height of the ends of legs, and the distance between the lanes below them. */
const LEGS_END = 176;
const FIRST_LANE = 210;
const LANE = 18;
const PIN_STEP = { to92: 30, resistor: 90, board: 32, dip: 34 };

const escaped = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const stroke = (points, more) =>
  `<polyline points="${points.map(point => point.join(',')).join(' ')}" fill="none" ${more}/>`;
const bare = (points, colour) =>
  stroke(points, `stroke="${colour}" stroke-width="3" stroke-linejoin="round" stroke-linecap="round"`);
/** Crossing wires have a gap: all white outlines are drawn before all colours, so that corners have none. */
const lines = (ways, colour) =>
  ways.map(points => stroke(points, 'stroke="#fff" stroke-width="7"')).join('') +
  ways.map(points => bare(points, colour)).join('');
const dot = ([x, y], colour) => `<circle cx="${x}" cy="${y}" r="4.5" fill="${colour}"/>`;
const label = (x, y, text, more = '') => `<text x="${x}" y="${y}" ${more}>${escaped(text)}</text>`;
const upright = (x, y, text, more = '') => label(x, y, text, `transform="rotate(-90 ${x} ${y})" ${more}`);

function pinX({ shape, x }, index) {
  return x + 20 + index * PIN_STEP[shape];
}

/** The centre of a place of the header, and the point at which its wire has passed the row in front of it. */
function placeAt(place) {
  const x = HEADER_LEFT + Math.floor((place - 1) / 2) * COLUMN;
  return place % 2 === 0 ? { x, y: EVEN_Y, free: x } : { x, y: ODD_Y, free: x + COLUMN / 2 };
}

/** The point at which a wire meets a part: `ADS1115 A0`. */
function legOf(parts, words) {
  for (const part of parts) {
    const name = part.name.split(',')[0];
    if (!words.startsWith(`${name} `)) continue;
    const pin = words.slice(name.length + 1);
    const below = part.pins.indexOf(pin);
    if (below >= 0) return { x: pinX(part, below), isAbove: false };
    const above = part.above?.indexOf(pin) ?? -1;
    if (above >= 0) return { x: pinX(part, above), isAbove: true };
  }
  throw new Error(`expected a pin of a part, found ${words}`);
}

function legs(part, top, bottom) {
  return part.pins
    .map((_pin, index) =>
      bare(
        [
          [pinX(part, index), top],
          [pinX(part, index), bottom],
        ],
        '#90a4ae',
      ),
    )
    .join('');
}

const PARTS = {
  to92(part) {
    const middle = pinX(part, 1);
    const names = part.pins.map((pin, index) => upright(pinX(part, index) + 4, 146, pin, 'class="pin"'));
    return `${legs(part, 150, LEGS_END)}<path d="M${middle - 48} 152 V82 A48 42 0 0 1 ${middle + 48} 82 V152 Z" fill="#37474f"/>${label(
      middle,
      84,
      part.name,
      'class="part" fill="#fff"',
    )}${names.join('').replaceAll('class="pin"', 'class="pin" fill="#fff"')}${label(middle, 28, 'flat side towards you', 'class="note"')}`;
  },
  resistor(part) {
    const [left, right] = [pinX(part, 0), pinX(part, 1)];
    return `${bare(
      [
        [left, LEGS_END],
        [left, 120],
        [right, 120],
        [right, LEGS_END],
      ],
      '#90a4ae',
    )}<rect x="${left + 18}" y="108" width="${
      right - left - 36
    }" height="24" rx="10" fill="#d7b98b" stroke="#8d6e63"/>${label((left + right) / 2, 96, part.name, 'class="part"')}`;
  },
  board(part) {
    const right = pinX(part, part.pins.length - 1) + 20;
    const names = part.pins.map((pin, index) =>
      upright(pinX(part, index) + 4, 146, pin, 'class="pin" fill="#fff"'),
    );
    return `<rect x="${part.x}" y="60" width="${right - part.x}" height="108" rx="6" fill="#1a4f8b"/>${label(
      (part.x + right) / 2,
      86,
      part.name,
      'class="part" fill="#fff"',
    )}${part.pins.map((_pin, index) => `<circle cx="${pinX(part, index)}" cy="158" r="5" fill="#f5d77b"/>`).join('')}${names.join('')}${legs(part, 160, LEGS_END)}`;
  },
  dip(part) {
    const right = pinX(part, part.pins.length - 1) + 20;
    const below = part.pins.map((pin, index) =>
      upright(pinX(part, index) + 4, 147, pin, 'class="pin" fill="#fff"'),
    );
    const above = part.above.map((pin, index) =>
      upright(pinX(part, index) + 4, 62, pin, 'class="pin" fill="#fff" style="text-anchor:end"'),
    );
    const numbers = part.pins.map(
      (_pin, index) =>
        label(pinX(part, index) + 12, 172, String(9 + index), 'class="note"') +
        label(pinX(part, index) + 12, 44, String(8 - index), 'class="note"'),
    );
    return `${legs(part, 150, LEGS_END)}${part.above
      .map((_pin, index) =>
        bare(
          [
            [pinX(part, index), 36],
            [pinX(part, index), 60],
          ],
          '#90a4ae',
        ),
      )
      .join(
        '',
      )}<rect x="${part.x}" y="54" width="${right - part.x}" height="100" rx="4" fill="#37474f"/><path d="M${right} 92 A12 12 0 0 0 ${right} 116" fill="#fff"/>${label(
      (part.x + right) / 2,
      105,
      part.name,
      'class="part" fill="#fff"',
    )}${below.join('')}${above.join('')}${numbers.join('')}`;
  },
};

function wire(parts, { place, from, colour, lane, by, to }) {
  const y = FIRST_LANE + lane * LANE;
  const ends = to.map(words => legOf(parts, words));
  const {
    way,
    start,
    words = '',
  } = place === undefined ? fromLeg(legOf(parts, from), by, y) : fromPlace(place, y);
  const xs = [start, ...ends.map(({ x }) => x)];
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const ways = [
    way,
    [
      [low, y],
      [high, y],
    ],
    ...ends.map(({ x }) => [
      [x, LEGS_END],
      [x, y],
    ]),
  ];
  // A dot marks a junction of three wires; at the ends of the lane there are only two.
  const dots = xs.filter(x => x !== low && x !== high).map(x => dot([x, y], colour));
  if (place !== undefined) dots.push(dot(way[0], colour));
  return [lines(ways, colour), ...dots, words].join('\n');
}

function fromPlace(place, y) {
  const { x, y: own, free } = placeAt(place);
  const way =
    free === x
      ? [
          [x, own],
          [x, y],
        ]
      : [
          [x, own],
          [free, own - 12],
          [free, y],
        ];
  const words = upright(free - 5, BOARD_TOP - 10, `${HEADER[place - 1]}, place ${place}`, 'class="wire"');
  return { way, start: free, words };
}

/** The path from a leg of a part; a leg at the top goes through the column `by`. */
function fromLeg({ x, isAbove }, by, y) {
  if (!isAbove)
    return {
      way: [
        [x, LEGS_END],
        [x, y],
      ],
      start: x,
    };
  return {
    way: [
      [x, 36],
      [x, 20],
      [by, 20],
      [by, y],
    ],
    start: by,
  };
}

function header() {
  const places = HEADER.map((_signal, index) => {
    const { x, y } = placeAt(index + 1);
    const shape =
      index === 0
        ? `<rect x="${x - 7}" y="${y - 7}" width="14" height="14" fill="#f5d77b"/>`
        : `<circle cx="${x}" cy="${y}" r="7" fill="#f5d77b"/>`;
    return (
      shape +
      label(
        x,
        y + (index % 2 === 0 ? 24 : 0),
        index % 2 === 0 ? String(index + 1) : '',
        'class="note" fill="#fff"',
      )
    );
  });
  const right = HEADER_LEFT + 19 * COLUMN;
  return `<rect x="20" y="${BOARD_TOP}" width="${WIDTH - 40}" height="${HEIGHT - BOARD_TOP + 30}" rx="16" fill="#1b5e20"/>
<rect x="${HEADER_LEFT - 16}" y="${EVEN_Y - 15}" width="${right - HEADER_LEFT + 32}" height="54" rx="3" fill="#212121"/>
${places.join('')}
${label(WIDTH / 2, 570, 'Raspberry Pi', 'class="title" fill="#fff"')}
${label(WIDTH / 2, 594, 'place 1 is the square one, at the end away from the USB sockets; even places are in the outer row', 'class="note" fill="#fff"')}`;
}

/** The picture of a circuit as SVG. */
export function drawing({ title, parts, wires }) {
  const words = wires.map(
    ({ place, from, to }) =>
      `${place === undefined ? from : `${HEADER[place - 1]} (place ${place})`} to ${to.join(' and ')}`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title desc">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(words.join('; '))}.</desc>
<style>text{font:13px sans-serif;text-anchor:middle}.title{font-size:20px}.part{font-size:15px;font-weight:bold}.pin{font-size:12px;text-anchor:start}.wire{font-size:12px;text-anchor:start}.note{font-size:11px}</style>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${header()}
${parts.map(part => PARTS[part.shape](part)).join('\n')}
${wires.map(one => wire(parts, one)).join('\n')}
</svg>
`;
}
