// Lists the pictures of the page: the file of each, what the page shows, and how it is brought there.

const LAPTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Each runs in the page: true once there is something to photograph. */
const isLive = () =>
  document.querySelector('#state')?.textContent === 'Live' &&
  [...document.querySelectorAll('.tile')].some(tile => /\d/.test(tile.textContent));
const isPast = () => {
  const canvas = document.querySelector('.uplot canvas');
  if (canvas === null || canvas.width === 0) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 128) painted++;
  return painted > canvas.width * 10;
};
const isWall = () => document.querySelectorAll('.tile').length > 0;

/** Where the page remembers that the panel for new users was dismissed. */
export const DISMISSED = 'first-run-dismissed';

export const PICTURES = [
  { file: 'live-page.png', path: '/?d=greenhouse&window=10m', size: LAPTOP, until: isLive },
  {
    file: 'page-year.png',
    path: '/?d=greenhouse&from=now-1y&to=now',
    size: LAPTOP,
    dark: true,
    until: isPast,
  },
  {
    file: 'page-phone.png',
    path: '/?d=greenhouse&window=10m',
    size: PHONE,
    isPhone: true,
    until: isLive,
  },
  { file: 'wall.png', path: '/', size: LAPTOP, until: isWall },
];
