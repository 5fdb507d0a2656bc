// Paints elements of the page onto a canvas as they look now: boxes, borders, canvases and text, for a picture of the charts.

/** A place of the page, in CSS pixels, that becomes the corner of the picture. */
export interface Corner {
  readonly left: number;
  readonly top: number;
}

/** Paints `root` with all that is in it. `context` counts in CSS pixels. */
export function paint(context: CanvasRenderingContext2D, root: HTMLElement, corner: Corner): void {
  paintElement(context, root, corner, false);
}

function paintElement(
  context: CanvasRenderingContext2D,
  element: Element,
  corner: Corner,
  isStruck: boolean,
): void {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  // A text that is for screen readers alone has a clip.
  if (style.display === 'none' || style.visibility === 'hidden' || style.clipPath !== 'none') return;
  const [x, y] = [box.left - corner.left, box.top - corner.top];
  context.save();
  context.globalAlpha *= Number(style.opacity);
  const radius = Number.parseFloat(style.borderTopLeftRadius) || 0;
  context.beginPath();
  context.roundRect(x, y, box.width, box.height, radius);
  context.fillStyle = style.backgroundColor;
  context.fill();
  paintBorder(context, style, { x, y, width: box.width, height: box.height }, radius);
  if (style.overflow !== 'visible') context.clip();
  if (element instanceof HTMLCanvasElement) {
    if (element.width > 0 && element.height > 0) context.drawImage(element, x, y, box.width, box.height);
  }
  const struck = isStruck || style.textDecorationLine.includes('line-through');
  const children = [...element.childNodes];
  const layer = (node: Node) =>
    node instanceof Element ? Number.parseInt(getComputedStyle(node).zIndex, 10) || 0 : 0;
  for (const child of children.sort((a, b) => layer(a) - layer(b))) {
    if (child instanceof Element) paintElement(context, child, corner, struck);
    else if (child instanceof Text) paintText(context, child, style, corner, struck);
  }
  context.restore();
}

function paintBorder(
  context: CanvasRenderingContext2D,
  style: CSSStyleDeclaration,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  radius: number,
): void {
  const widthOf = (side: 'top' | 'right' | 'bottom' | 'left') =>
    style.getPropertyValue(`border-${side}-style`) === 'none'
      ? 0
      : Number.parseFloat(style.getPropertyValue(`border-${side}-width`)) || 0;
  const [top, right, bottom, left] = [widthOf('top'), widthOf('right'), widthOf('bottom'), widthOf('left')];
  if (top > 0 && top === right && top === bottom && top === left) {
    context.strokeStyle = style.borderTopColor;
    context.lineWidth = top;
    context.beginPath();
    context.roundRect(x + top / 2, y + top / 2, width - top, height - top, radius);
    context.stroke();
    return;
  }
  context.fillStyle = style.borderTopColor;
  context.fillRect(x, y, width, top);
  context.fillStyle = style.borderBottomColor;
  context.fillRect(x, y + height - bottom, width, bottom);
  context.fillStyle = style.borderLeftColor;
  context.fillRect(x, y, left, height);
  context.fillStyle = style.borderRightColor;
  context.fillRect(x + width - right, y, right, height);
}

/** One line of a text as the browser has broken it. */
interface Line {
  text: string;
  readonly left: number;
  right: number;
  readonly top: number;
}

function paintText(
  context: CanvasRenderingContext2D,
  node: Text,
  style: CSSStyleDeclaration,
  corner: Corner,
  isStruck: boolean,
): void {
  if (node.data.trim() === '') return;
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textBaseline = 'alphabetic';
  for (const { text, left, right, top } of linesOf(node)) {
    const { fontBoundingBoxAscent: ascent } = context.measureText(text);
    const [x, baseline] = [left - corner.left, top - corner.top + ascent];
    context.fillText(text, x, baseline, Math.max(1, right - left));
    if (isStruck) context.fillRect(x, baseline - ascent * 0.3, right - left, 1);
  }
}

function linesOf(node: Text): Line[] {
  const range = document.createRange();
  const lines: Line[] = [];
  let at = 0;
  for (const character of node.data) {
    range.setStart(node, at);
    at += character.length;
    range.setEnd(node, at);
    const box = range.getClientRects()[0];
    // White space that the browser has left out has no box.
    if (box === undefined) continue;
    const line = lines.at(-1);
    if (line === undefined || Math.abs(line.top - box.top) > 2) {
      lines.push({ text: character, left: box.left, right: box.right, top: box.top });
    } else {
      line.text += character;
      line.right = Math.max(line.right, box.right);
    }
  }
  return lines;
}
