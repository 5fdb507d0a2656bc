// Understands drags, pinches, the wheel and double clicks on the charts, as steps along the time axis.

/** CSS pixels that a pointer moves before it drags. */
const DRAG = 5;

/** The zoom of one notch of a wheel, which is 100 or 120 pixels. */
const NOTCH = 1.25;
const NOTCH_PIXELS = 110;

export interface Gestures {
  /** Moves the charts by `share` of their width, to the right for a positive one; `isFirst` for the first movement of a drag. */
  pan(share: number, isFirst: boolean): void;
  /** Makes the time that is shown `factor` times as long around `place`, from 0 at the left to 1 at the right. */
  zoom(factor: number, place: number, isFirst: boolean): void;
  /** Shows the time between two places. */
  choose(from: number, to: number): void;
  /** Undoes the last step. */
  back(): void;
}

interface Touch {
  readonly pointer: number;
  readonly x: number;
}

/** Listens on `charts`, the element around all plots, until `signal` is aborted. */
export function wireGestures(charts: HTMLElement, gestures: Gestures, signal: AbortSignal): void {
  const listener = new Listener(gestures);
  const options = { signal };
  charts.addEventListener('pointerdown', event => listener.down(event), options);
  charts.addEventListener('pointermove', event => listener.move(event), options);
  for (const name of ['pointerup', 'pointercancel'] as const) {
    charts.addEventListener(name, event => listener.up(event, name === 'pointercancel'), options);
  }
  // A click at the end of a drag is none.
  charts.addEventListener('click', event => listener.click(event), { signal, capture: true });
  charts.addEventListener(
    'dblclick',
    event => {
      if (plotOf(event) === undefined) return;
      event.preventDefault();
      gestures.back();
    },
    options,
  );
  charts.addEventListener('wheel', event => wheel(event, gestures), { signal, passive: false });
  const pinch = new Pinch(gestures);
  for (const name of ['gesturestart', 'gesturechange', 'gestureend'] as const) {
    charts.addEventListener(name, event => pinch.take(event as PinchEvent), options);
  }
}

/** What Safari reports of a pinch, on a touch pad too; `scale` counts from the beginning of the gesture. */
type PinchEvent = UIEvent & { readonly scale: number; readonly clientX: number };

class Pinch {
  readonly #gestures: Gestures;
  #scale = 1;

  constructor(gestures: Gestures) {
    this.#gestures = gestures;
  }

  take(event: PinchEvent): void {
    const plot = plotOf(event);
    if (plot === undefined) return;
    event.preventDefault();
    // Fingers on a screen are pointers as well, and their pinch is understood already.
    const isOfFingers = navigator.maxTouchPoints > 1 && 'ontouchstart' in globalThis;
    if (event.type === 'gesturestart') this.#scale = 1;
    if (event.type !== 'gesturechange' || isOfFingers || !(event.scale > 0)) return;
    const { left, width } = plot.getBoundingClientRect();
    this.#gestures.zoom(this.#scale / event.scale, (event.clientX - left) / width, this.#scale === 1);
    this.#scale = event.scale;
  }
}

class Listener {
  readonly #gestures: Gestures;
  #plot: HTMLElement | undefined;
  #touches: Touch[] = [];
  #start = 0;
  #isDragging = false;
  /** The mark of the time that is being chosen; undefined while the charts move. */
  #selection: HTMLElement | undefined;
  #hasDragged = false;

  constructor(gestures: Gestures) {
    this.#gestures = gestures;
  }

  down(event: PointerEvent): void {
    const plot = plotOf(event);
    if (plot === undefined || (event.pointerType === 'mouse' && event.button !== 0)) return;
    const touch = { pointer: event.pointerId, x: event.clientX };
    if (this.#touches.length === 0) {
      this.#plot = plot;
      this.#start = touch.x;
      this.#isDragging = false;
      this.#hasDragged = false;
      this.#selection = event.shiftKey ? selectionIn(plot) : undefined;
    }
    this.#touches = [...this.#touches, touch].slice(0, 2);
  }

  move(event: PointerEvent): void {
    const index = this.#touches.findIndex(({ pointer }) => pointer === event.pointerId);
    const before = this.#touches[index];
    if (before === undefined || this.#plot === undefined) return;
    // A button that is let go of beside the charts sends no event.
    if (event.buttons === 0) {
      this.up(event, true);
      return;
    }
    const { left, width } = this.#plot.getBoundingClientRect();
    const now = { ...before, x: event.clientX };
    const isFirst = !this.#isDragging;
    if (isFirst && this.#touches.length === 1) {
      if (Math.abs(now.x - this.#start) < DRAG) return;
      this.#plot.setPointerCapture(event.pointerId);
    }
    this.#isDragging = true;
    this.#hasDragged = true;
    const other = this.#touches[1 - index];
    this.#touches[index] = now;
    if (this.#selection !== undefined) {
      const [from, to] = [this.#start, now.x].sort((a, b) => a - b) as [number, number];
      this.#selection.style.setProperty('left', `${from - left}px`);
      this.#selection.style.setProperty('width', `${to - from}px`);
    } else if (other === undefined) {
      const moved = now.x - (isFirst ? this.#start : before.x);
      this.#gestures.pan(moved / width, isFirst);
    } else {
      const [old, distance] = [Math.abs(before.x - other.x), Math.abs(now.x - other.x)];
      if (old < DRAG || distance < DRAG) return;
      this.#gestures.zoom(old / distance, ((now.x + other.x) / 2 - left) / width, isFirst);
    }
  }

  up(event: PointerEvent, isCancelled: boolean): void {
    const touch = this.#touches.find(({ pointer }) => pointer === event.pointerId);
    if (touch === undefined) return;
    this.#touches = this.#touches.filter(other => other !== touch);
    const [selection, plot] = [this.#selection, this.#plot];
    if (this.#touches.length > 0) return;
    this.#selection = undefined;
    this.#plot = undefined;
    selection?.remove();
    if (selection === undefined || plot === undefined || isCancelled || !this.#isDragging) return;
    const { left, width } = plot.getBoundingClientRect();
    const places = [this.#start, event.clientX].map(x => Math.max(0, Math.min(1, (x - left) / width)));
    const [from, to] = places.sort((a, b) => a - b) as [number, number];
    this.#gestures.choose(from, to);
  }

  click(event: MouseEvent): void {
    if (!this.#hasDragged) return;
    this.#hasDragged = false;
    event.stopPropagation();
    event.preventDefault();
  }
}

function wheel(event: WheelEvent, gestures: Gestures): void {
  const plot = plotOf(event);
  // Without a key the wheel scrolls the page. A pinch on a touch pad comes as a wheel with Ctrl.
  if (plot === undefined || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  const { left, width } = plot.getBoundingClientRect();
  gestures.zoom(NOTCH ** (event.deltaY / NOTCH_PIXELS), (event.clientX - left) / width, true);
}

function plotOf({ target }: Event): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>('.plot')) || undefined;
}

function selectionIn(plot: HTMLElement): HTMLElement {
  const selection = document.createElement('div');
  selection.className = 'selection';
  plot.append(selection);
  return selection;
}
