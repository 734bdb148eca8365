/** The picture: the photo, or another painting, with the painting over it; both at full resolution under one window. */
import { computed, useSignalEffect } from '@preact/signals';
import type { Painting } from 'brushwork';
import { useEffect, useRef } from 'preact/hooks';
import { canRedo, canUndo, redo, undo } from '../app/history.js';
import { titleOf } from '../app/looks.js';
import { number } from '../app/language.js';
import { type Photo, photo, settings } from '../app/state.js';
import { texts } from '../app/texts.js';
import { job, onBand } from '../paint/painter.js';
import { drawBand } from './bands.js';
import { handleKey, listenForGestures, splitAt } from './gestures.js';
import { brushDown, brushPoint, handleBrushKey, liftBrush } from './keyboard-brush.js';
import { drawOverlay, maskVersion, tool, toolSize } from './region.js';
import { viewTexts } from './texts.js';
import { box, current, frame, pinned, place, reveal, scale, setSplit, showActualSize, showWhole, split, zoomBy } from './view-state.js';

export function Viewer(): preact.JSX.Element {
  const stage = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const observer = new ResizeObserver(() => (frame.value = { width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    const endGestures = listenForGestures(element);
    return () => {
      observer.disconnect();
      endGestures();
    };
  }, []);
  const t = viewTexts();
  return (
    <div
      ref={stage}
      id="stage"
      class={`stage tool-${tool.value}`}
      tabIndex={0}
      role="group"
      aria-label={tool.value === 'none' ? t.stage : t.stageDrawing}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
        if (handleBrushKey(event.key, event.shiftKey) || handleKey(event.key)) event.preventDefault();
      }}
      onBlur={liftBrush}
    >
      <Stack />
      <BrushWords />
      <SplitHandle />
      <Tags />
      <HistoryTools />
      <ZoomTools />
      {job.value.state === 'busy' && <progress id="progress" max={1} value={job.value.fraction} aria-label={t.progress} />}
    </div>
  );
}

/** Everything that lies on the photo and moves with it. */
function Stack(): preact.JSX.Element | null {
  const at = box.value;
  if (!at) return null;
  const style = { left: `${at.left}px`, top: `${at.top}px`, width: `${at.width}px`, height: `${at.height}px` };
  return (
    <div class={`stack${scale.value * devicePixelRatio > 2.5 ? ' pixels' : ''}`} style={style}>
      <BaseLayer />
      <PaintingLayer />
      <RegionLayer />
      <BrushPoint width={at.width} height={at.height} />
    </div>
  );
}

function put(canvas: HTMLCanvasElement, painting: Painting): void {
  canvas.width = painting.width;
  canvas.height = painting.height;
  canvas.getContext('2d')?.putImageData(painting.toImageData(), 0, 0);
}

/** What the painting is compared with. */
function BaseLayer(): preact.JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useSignalEffect(() => {
    const element = canvas.current;
    const other = pinned.value;
    const picture = photo.value?.picture;
    if (!element || !picture) return;
    if (other) {
      put(element, other.painting);
      return;
    }
    element.width = picture.width;
    element.height = picture.height;
    element.getContext('2d')?.drawImage(picture, 0, 0);
  });
  return <canvas ref={canvas} class="layer" id="photo" />;
}

/** Where, from the left of the stack in CSS pixels, the painting begins. Nothing is compared while a region is drawn. */
function splitX(): number {
  const at = box.value;
  if (!at || tool.value !== 'none') return 0;
  const left = Math.max(0, at.left);
  const right = Math.min(frame.value.width, at.left + at.width);
  return left + split.value * (right - left) - at.left;
}

const halted = computed(() => job.value.state === 'stopped' || job.value.state === 'failed');

function PaintingLayer(): preact.JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const shownFor = useRef<Photo | undefined>(current.peek()?.photo);
  useSignalEffect(() => {
    const element = canvas.current;
    const present = current.value;
    void halted.value; // then half a painting lies over the last whole one
    if (!element) return;
    if (present) put(element, present.painting);
    else element.width = element.height = 1; // transparent
  });
  useEffect(
    () =>
      onBand((rows, of) => {
        const element = canvas.current;
        if (!element || of !== photo.peek()) return;
        drawBand(element, rows);
        if (shownFor.current !== of) {
          shownFor.current = of;
          reveal();
        }
      }),
    [],
  );
  return <canvas ref={canvas} class="layer" id="painting" style={{ clipPath: `inset(0 0 0 ${splitX()}px)` }} />;
}

function RegionLayer(): preact.JSX.Element | null {
  const canvas = useRef<HTMLCanvasElement>(null);
  useSignalEffect(() => {
    void maskVersion.value;
    if (tool.value !== 'none' && canvas.current) drawOverlay(canvas.current);
  });
  return <canvas ref={canvas} class="layer" id="region" hidden={tool.value === 'none'} />;
}

/** Where the keyboard's brush is, as wide as its stroke would be. */
function BrushPoint({ width, height }: { width: number; height: number }): preact.JSX.Element | null {
  const at = brushPoint.value;
  if (!at || tool.value === 'none') return null;
  const side = tool.value === 'lasso' ? 12 : toolSize.value * Math.max(width, height);
  const style = { left: `${at.x * 100}%`, top: `${at.y * 100}%`, width: `${side}px`, height: `${side}px` };
  return <span id="brush-point" class={`brush-point${brushDown.value ? ' down' : ''}`} style={style} aria-hidden="true" />;
}

/** Said when the brush is put down or lifted, not at every step. */
function BrushWords(): preact.JSX.Element | null {
  const t = viewTexts();
  if (tool.value === 'none') return null;
  const { x, y } = brushPoint.peek() ?? { x: 0.5, y: 0.5 };
  const said = brushDown.value ? t.brushDown(number(Math.round(x * 100)), number(Math.round(y * 100))) : t.brushUp;
  return <p class="visually-hidden" role="status">{brushPoint.value && said}</p>;
}

function SplitHandle(): preact.JSX.Element | null {
  const at = box.value;
  if (!at || !current.value || tool.value !== 'none') return null;
  const percent = Math.round(split.value * 100);
  const move = (event: PointerEvent): void => {
    const handle = event.currentTarget as HTMLElement;
    if (!handle.hasPointerCapture(event.pointerId)) return;
    setSplit(splitAt(event.clientX - (handle.parentElement?.getBoundingClientRect().left ?? 0)));
  };
  const steps: Record<string, number> = { ArrowLeft: -0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowUp: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
  return (
    <div
      id="split"
      class="split"
      role="slider"
      tabIndex={0}
      aria-label={viewTexts().split}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${number(percent)} %`}
      style={{ left: `${at.left + splitX()}px`, top: `${Math.max(0, at.top)}px`, height: `${Math.min(frame.value.height, at.top + at.height) - Math.max(0, at.top)}px` }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={move}
      onKeyDown={(event) => {
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        setSplit(split.value + step);
      }}
    >
      <span class="grip" aria-hidden="true" />
    </div>
  );
}

/** What is left and right of the handle. */
function Tags(): preact.JSX.Element | null {
  const at = box.value;
  const { look } = settings.value;
  if (!at || !current.value || !look || tool.value !== 'none') return null;
  const other = pinned.value?.settings.look;
  const style = { left: `${Math.max(0, at.left)}px`, right: `${Math.max(0, frame.value.width - at.left - at.width)}px`, top: `${Math.max(0, at.top)}px` };
  return (
    <div class="tags" style={style} aria-hidden="true">
      <span class={`tag${split.value < 0.14 ? ' away' : ''}`}>{other ? titleOf(other) : viewTexts().photo}</span>
      <span class={`tag${split.value > 0.86 ? ' away' : ''}`}>{titleOf(current.value.settings.look ?? look)}</span>
    </div>
  );
}

function HistoryTools(): preact.JSX.Element {
  const t = texts();
  return (
    <div class="stage-tools left" role="group" aria-label={t.history}>
      <button type="button" id="undo" aria-label={t.undo} title={t.undo} disabled={!canUndo.value} onClick={undo}>↶</button>
      <button type="button" id="redo" aria-label={t.redo} title={t.redo} disabled={!canRedo.value} onClick={redo}>↷</button>
    </div>
  );
}

function ZoomTools(): preact.JSX.Element | null {
  if (!photo.value) return null;
  const t = viewTexts();
  const percent = `${number(Math.round(scale.value * devicePixelRatio * 100))} %`;
  return (
    <div class="stage-tools right" role="group" aria-label={t.zoom}>
      <button type="button" id="zoom-out" aria-label={t.zoomOut} disabled={place.value.zoom <= 1} onClick={() => zoomBy(0.67)}>−</button>
      <button type="button" id="zoom-whole" aria-label={`${percent} ${t.whole}`} title={t.whole} onClick={showWhole}>{percent}</button>
      <button type="button" id="zoom-actual" aria-label={`1:1 ${t.actual}`} title={t.actual} onClick={showActualSize}>1:1</button>
      <button type="button" id="zoom-in" aria-label={t.zoomIn} onClick={() => zoomBy(1.5)}>+</button>
    </div>
  );
}
