/** A video file: chosen, painted frame by frame, saved. */
import './video.css';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { number } from '../app/language.js';
import { askBeforeLeaving, mayLeave } from '../app/leaving.js';
import { slugOf } from '../app/looks.js';
import { settings, videoFile } from '../app/state.js';
import { clock } from './figures.js';
import type { Film } from './film.js';
import { type FilmProgress, FilmSession, type FilmState, type Screens } from './film-session.js';
import { fit } from './frame-painter.js';
import { type Ready, useManner } from './manner.js';
import { MannerPanel } from './MannerPanel.js';
import { RecordedVideo } from './RecordedVideo.js';
import { videoTexts } from './texts.js';
import { PanelTrouble, Trouble, explainVideo } from './Trouble.js';

/** Pixels of 360p to 2160p, in films of 16:9. */
const SIZES = [360, 480, 720, 1080, 1440, 2160].map((height) => Math.round((height * height * 16) / 9));
const USUAL_SIZE = SIZES[2] as number;

/** Work would be lost if the page were closed, and can't be changed any more. */
const isAtWork = ({ kind }: FilmState): boolean => ['painting', 'stopped', 'finishing'].includes(kind);
const hasPictures = ({ kind }: FilmState): boolean => !['empty', 'reading', 'failed'].includes(kind);

export function VideoFileView(): preact.JSX.Element {
  const session = useMemo(() => new FilmSession(), []);
  const original = useRef<HTMLCanvasElement>(null);
  const painted = useRef<HTMLCanvasElement>(null);
  const screens = (): Screens => ({ original: original.current as HTMLCanvasElement, painted: painted.current as HTMLCanvasElement });
  const { ready, failure } = useManner();
  const [maxPixels, setMaxPixels] = useState(USUAL_SIZE);
  const [steadiness, setSteadiness] = useState(0.9);
  const file = videoFile.value;
  const state = session.state.value;

  useEffect(() => () => session.close(), []);
  useLayoutEffect(() => {
    if (file) void session.open(file, screens());
  }, [file]);
  useEffect(() => {
    if (ready && state.kind === 'ready') void session.showPreview(ready.engine, ready.manner, screens());
  }, [ready, state.kind]);

  // Not after the next frame: who has given the work up may go at once.
  useLayoutEffect(() => {
    if (!isAtWork(state)) return;
    return askBeforeLeaving(() => videoTexts().file.leave);
  }, [isAtWork(state)]);

  const discard = (): void => void session.discard(screens());
  const start = ({ engine, manner }: Ready): void => void session.paint(engine, { manner, maxPixels, steadiness }, screens());
  const again = (): void => void session.discard(screens()).then((discarded) => discarded && ready && start(ready));
  const { file: texts } = videoTexts();
  return (
    <section class="studio" data-view="video" data-state={state.kind} data-frames={session.progress.value.frames}>
      <div class="easel film">
        <div class="film-stage">
          <div class="film-pair" hidden={!hasPictures(state)}>
            <figure><canvas ref={original} role="img" aria-label={texts.original} /><figcaption>{texts.original}</figcaption></figure>
            <figure><canvas ref={painted} role="img" aria-label={texts.painted} /><figcaption>{texts.painted}</figcaption></figure>
          </div>
          <Words state={state} />
        </div>
        {failure !== undefined && <p class="film-note" role="alert">{explainVideo(failure).text}</p>}
        <Doings session={session} ready={ready} start={start} discard={discard} />
        {state.kind === 'done' && <Result session={session} state={state} discard={discard} again={again} />}
        <PanelTrouble />
      </div>
      <MannerPanel locked={isAtWork(state)}>
        {session.film.value && <SizeField film={session.film.value} value={maxPixels} onChange={setMaxPixels} />}
        <SteadinessField value={steadiness} onChange={setSteadiness} />
      </MannerPanel>
    </section>
  );
}

function FileButton({ primary, children }: { primary: boolean; children: string }): preact.JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button class={primary ? 'button primary' : 'button'} type="button" onClick={() => input.current?.click()}>{children}</button>
      <input
        ref={input}
        type="file"
        hidden
        data-input="video"
        accept="video/*,.mkv,.mov,.m4v,.ts"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = ''; // so that the same file can be chosen again
          if (file && mayLeave()) videoFile.value = file;
        }}
      />
    </>
  );
}

function Words({ state }: { state: FilmState }): preact.JSX.Element | null {
  const { file: texts } = videoTexts();
  if (state.kind === 'failed') {
    return <Trouble error={state.error} fileName={state.fileName}><FileButton primary>{texts.another}</FileButton></Trouble>;
  }
  if (state.kind === 'reading') return <p class="film-words" role="status">{texts.reading}</p>;
  if (state.kind !== 'empty') return null;
  return (
    <div class="film-words">
      <h2>{texts.title}</h2>
      <p>{texts.text}</p>
      <div class="film-buttons"><FileButton primary>{texts.choose}</FileButton></div>
    </div>
  );
}

interface DoingsProps {
  session: FilmSession;
  ready: Ready | undefined;
  start: (ready: Ready) => void;
  discard: () => void;
}

/** What can be done now, and how far it is. */
function Doings({ session, ready, start, discard }: DoingsProps): preact.JSX.Element | null {
  const { file: texts, discard: discardText } = videoTexts();
  const state = session.state.value;
  const film = session.film.value;
  if (!film || ['done', 'discarding'].includes(state.kind) || !hasPictures(state)) return null;
  if (state.kind === 'ready') {
    return (
      <div class="film-controls">
        <button class="button primary" id="film-start" type="button" disabled={!ready} onClick={() => ready && start(ready)}>{texts.start}</button>
        <FileButton primary={false}>{texts.another}</FileButton>
        <span class="film-facts">{factsText(film)}</span>
      </div>
    );
  }
  const progress = session.progress.value;
  return (
    <div class="film-doings">
      {state.kind === 'stopped' && state.error !== undefined && <Reason error={state.error} />}
      <progress id="film-progress" aria-label={texts.progress} max={1} value={progress.done} />
      <div class="film-controls">
        <span class="visually-hidden" role="status">{statusText(state, film, progress)}</span>
        {state.kind === 'painting' && <button class="button" id="film-stop" type="button" disabled={state.stopping} onClick={() => session.stop()}>{texts.stop}</button>}
        {state.kind === 'stopped' && (
          <>
            {state.error === undefined && <button class="button primary" id="film-go-on" type="button" onClick={() => void session.goOn()}>{texts.goOn}</button>}
            <button class="button" id="film-keep" type="button" disabled={progress.frames === 0} onClick={() => void session.keep()}>{texts.keep}</button>
            <button class="button" id="film-discard" type="button" onClick={discard}>{discardText}</button>
          </>
        )}
        <span class="film-facts" id="film-figures" aria-live="off">{progressText(state, film, progress)}</span>
      </div>
    </div>
  );
}

function Reason({ error }: { error: unknown }): preact.JSX.Element {
  const { title, text } = explainVideo(error);
  return <p class="film-note" role="alert"><strong>{title}.</strong> {text}</p>;
}

function factsText({ facts }: Film): string {
  const { file: texts } = videoTexts();
  const text = texts.facts(facts.width, facts.height, clock(facts.seconds), number(facts.frameRate, Number.isInteger(facts.frameRate) ? 0 : 1));
  return facts.hasSound ? text : `${text} · ${texts.silent}`;
}

/** For those who listen: what goes on, without the figures that change all the time. */
function statusText(state: FilmState, { facts }: Film, { done }: FilmProgress): string {
  const { file: texts } = videoTexts();
  if (state.kind === 'finishing') return texts.finishing;
  if (state.kind === 'stopped') return texts.stopped(clock(done * facts.seconds));
  return state.kind === 'painting' && state.stopping ? texts.stopping : texts.painting;
}

function progressText(state: FilmState, film: Film, progress: FilmProgress): string {
  const { file: texts } = videoTexts();
  if (state.kind !== 'painting' || state.stopping) return statusText(state, film, progress);
  const { done, rate, secondsLeft } = progress;
  return [
    `${number(Math.floor(done * 100))} %`,
    secondsLeft === undefined ? texts.measuring : texts.left(clock(secondsLeft)),
    rate !== undefined && texts.rate(number(rate, 1)),
  ].filter(Boolean).join(' · ');
}

interface ResultProps {
  session: FilmSession;
  state: FilmState & { kind: 'done' };
  discard: () => void;
  again: () => void;
}

function Result({ session, state, discard, again }: ResultProps): preact.JSX.Element {
  const { file: texts } = videoTexts();
  const { blob, extension, seconds, frames, soundKept, cutOff } = state.painted;
  const notes = [cutOff && texts.cutOff(clock(session.film.peek()?.facts.seconds ?? 0)), !soundKept && texts.soundLost];
  const name = useMemo(() => {
    const { look } = settings.peek();
    const film = session.film.peek()?.file.name.replace(/\.[^.]*$/, '') || 'video';
    return [film, look && slugOf(look)].filter(Boolean).join('-');
  }, [state.painted]);
  return (
    <RecordedVideo
      blob={blob}
      name={name + extension}
      title={texts.done(clock(seconds), frames)}
      note={notes.filter(Boolean).join(' ')}
      onDiscard={discard}
    >
      <button class="button" id="film-again" type="button" onClick={again}>{texts.again}</button>
      <FileButton primary={false}>{texts.another}</FileButton>
    </RecordedVideo>
  );
}

interface SizeProps {
  film: Film;
  value: number;
  onChange: (maxPixels: number) => void;
}

function SizeField({ film: { facts }, value, onChange }: SizeProps): preact.JSX.Element {
  const { file: texts } = videoTexts();
  const { width, height } = facts;
  const smaller = SIZES.filter((pixels) => pixels < 0.95 * width * height);
  const all = [...smaller, Infinity];
  const chosen = all.find((pixels) => pixels >= value) ?? Infinity;
  return (
    <div class="field row">
      <label for="film-size">{texts.size}</label>
      <select id="film-size" value={String(chosen)} onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}>
        {all.map((pixels) => {
          const size = fit(width, height, pixels);
          return <option key={pixels} value={String(pixels)}>{pixels === Infinity ? texts.sizeOriginal(...size) : texts.sizeOf(...size)}</option>;
        })}
      </select>
    </div>
  );
}

interface SteadinessProps {
  value: number;
  onChange: (steadiness: number) => void;
}

function SteadinessField({ value, onChange }: SteadinessProps): preact.JSX.Element {
  const { steadiness } = videoTexts();
  return (
    <div class="field">
      <div class="field-head">
        <label for="film-steadiness">{steadiness}</label>
        <output for="film-steadiness">{number(100 * value)} %</output>
      </div>
      <input
        id="film-steadiness"
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={value}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
    </div>
  );
}
