/** Blends two to four styles: each has a corner of a pad, a point on it says how much of each. */
import { change } from '../app/history.js';
import { choiceOf, choices, titleOf } from '../app/looks.js';
import { type Look, settings } from '../app/state.js';
import { corners, weightsAt } from './mixer-weights.js';
import { panelTexts } from './texts.js';

type Mix = Extract<Look, { kind: 'mix' }>;

const MOST = 4;
const STEP = 0.05;

/** The mix with the style added or, if it was in it, taken away; two stay at least, and the oldest makes room for a fifth. */
export function withToggled(mix: Mix, id: string): Mix {
  if (!mix.ids.includes(id)) return { ...mix, ids: [...mix.ids, id].slice(-MOST), x: 0.5, y: 0.5 };
  if (mix.ids.length <= 2) return mix;
  return { ...mix, ids: mix.ids.filter((other) => other !== id), x: 0.5, y: 0.5 };
}

function toggle(): void {
  const { look } = settings.value;
  if (!look) return;
  if (look.kind === 'mix') {
    const weights = weightsAt(look.ids.length, look.x, look.y);
    const heaviest = look.ids[weights.indexOf(Math.max(...weights))] ?? look.ids[0];
    if (heaviest !== undefined) change({ look: { kind: 'style', id: heaviest } });
    return;
  }
  const other = choices.value.find(({ id, own }) => id !== look.id && !own);
  if (other) change({ look: { kind: 'mix', ids: [look.id, other.id], x: 0.5, y: 0.5 } });
}

export function Mixer(): preact.JSX.Element {
  const t = panelTexts();
  const { look } = settings.value;
  const mixing = look?.kind === 'mix';
  return (
    <div class="mixer">
      <button class="button small" id="mix" type="button" aria-pressed={mixing} onClick={toggle}>{t.mix}</button>
      {mixing && <Pad mix={look} />}
    </div>
  );
}

function Pad({ mix }: { mix: Mix }): preact.JSX.Element {
  const t = panelTexts();
  const move = (x: number, y: number): void => {
    const clamp = (value: number): number => Math.min(1, Math.max(0, value));
    change({ look: { ...mix, x: clamp(x), y: clamp(y) } });
  };
  const point = (event: PointerEvent): void => {
    const pad = event.currentTarget as HTMLElement;
    const { left, top, width, height } = pad.getBoundingClientRect();
    if (pad.hasPointerCapture(event.pointerId)) move((event.clientX - left) / width, (event.clientY - top) / height);
  };
  const steps: Record<string, [number, number]> = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
  return (
    <>
      <p class="hint">{t.mixHint}</p>
      <div
        class={`pad of-${mix.ids.length}`}
        id="pad"
        role="slider"
        tabIndex={0}
        aria-label={t.pad}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(mix.x * 100)}
        aria-valuetext={titleOf(mix)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          point(event);
        }}
        onPointerMove={point}
        onKeyDown={(event) => {
          const step = steps[event.key];
          if (!step) return;
          event.preventDefault();
          move(mix.x + step[0], mix.y + step[1]);
        }}
      >
        {mix.ids.map((id, i) => <Corner key={id} id={id} at={corners(mix.ids.length)[i] ?? [0.5, 0.5]} />)}
        <span class="point" style={{ left: `${mix.x * 100}%`, top: `${(mix.ids.length === 2 ? 0.5 : mix.y) * 100}%` }} aria-hidden="true" />
      </div>
      <p class="credit" id="mixture">{titleOf(mix)}</p>
    </>
  );
}

function Corner({ id, at: [x, y] }: { id: string; at: [number, number] }): preact.JSX.Element {
  return (
    <span class={`corner h-${x === 0 ? 'left' : x === 1 ? 'right' : 'middle'} v-${y === 0 ? 'top' : y === 1 ? 'bottom' : 'middle'}`} aria-hidden="true">
      {choiceOf(id)?.title ?? id}
    </span>
  );
}
