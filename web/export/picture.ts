// Makes one picture of all charts of the view, with title, labels, legends, the time that is shown, the time zone and the address.

import type { Stretch } from '../past/past-rows.ts';
import { shownAddress } from '../stream/address.ts';
import { writeStretch } from '../text/stretch.ts';
import { writeZone } from '../text/times.ts';
import { paint } from './paint.ts';
import type { ExportedDataset, ExportedView } from './view.ts';

/** CSS pixels around the picture, and of the lines of text above and below the charts. */
const MARGIN = 16;
const TITLE = 26;
const LINE = 20;

/** The most pixels of a picture, and of one of its sides, that browsers can make. */
const MOST_PIXELS = 64e6;
const LONGEST_SIDE = 16_000;

/** The picture as PNG, as sharp and in the colours as the page is shown. The charts have just been drawn. */
export async function pictureOf(view: ExportedView): Promise<Blob> {
  const { datasets } = view;
  // Charts of the past are drawn in a microtask.
  await new Promise(resolve => setTimeout(resolve));
  const boxes = datasets.map(({ charts }) => charts.getBoundingClientRect());
  const width = Math.max(...boxes.map(box => box.width)) + 2 * MARGIN;
  const charts = boxes.reduce((sum, box) => sum + box.height + TITLE + LINE + MARGIN, 0);
  const height = MARGIN + charts + 2 * LINE + MARGIN / 2;
  const ratio = Math.min(
    devicePixelRatio,
    Math.sqrt(MOST_PIXELS / (width * height)),
    LONGEST_SIDE / Math.max(width, height),
  );
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  const look = getComputedStyle(document.body);
  context.fillStyle = look.backgroundColor;
  context.fillRect(0, 0, width, height);
  const write = (text: string, at: number, font: string) => {
    context.font = `${font} ${look.fontFamily}`;
    context.fillStyle = look.color;
    context.textBaseline = 'alphabetic';
    context.fillText(text, MARGIN, at, width - 2 * MARGIN);
  };
  let top = MARGIN;
  for (const [index, dataset] of datasets.entries()) {
    const box = boxes[index]!;
    write(dataset.description.title, top + 18, '600 18px');
    write(sourceOf(dataset), top + TITLE + 12, '13px');
    top += TITLE + LINE;
    paint(context, dataset.charts, { left: box.left - MARGIN, top: box.top - top });
    top += box.height + MARGIN;
  }
  const absolute = datasets.every(({ description: { time } }) => time?.absolute ?? true);
  write(timesOf(view.stretch, absolute), top + 12, '13px');
  write(view.page, top + LINE + 12, '12px');
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      blob => (blob === null ? reject(new Error('The browser made no picture')) : resolve(blob)),
      'image/png',
    );
  });
}

function sourceOf({ address, description: { institution } }: ExportedDataset): string {
  return [institution, shownAddress(address)].filter(text => text !== '').join(' · ');
}

/** `2026-11-28 19:00:00 – 20:00:00, UTC+01:00`, with both offsets from UTC where they differ. `absolute` as in `writeStretch`. */
export function timesOf({ from, to }: Stretch, absolute: boolean): string {
  if (!absolute) return writeStretch(from, to, false);
  const zones = new Set([from, to].map(time => writeZone(new Date(time))));
  return `${writeStretch(from, to)}, ${[...zones].join(' – ')}`;
}
