/** The camera, painted as it runs. */
import './video.css';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { settings } from '../app/state.js';
import { number } from '../app/language.js';
import { slugOf } from '../app/looks.js';
import { download } from '../export/save.js';
import { openPhoto } from '../photo/open.js';
import { CameraSession } from './camera-session.js';
import { clock } from './figures.js';
import { useManner } from './manner.js';
import { MannerPanel } from './MannerPanel.js';
import { RecordedVideo } from './RecordedVideo.js';
import { videoTexts } from './texts.js';
import { PanelTrouble, Trouble, explainVideo } from './Trouble.js';

/** `camera-starry-night-0607-1412`, so that takes don't overwrite each other. */
function takeName(): string {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(now.getMonth() + 1)}${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const { look } = settings.peek();
  return [videoTexts().camera.fileName, look && slugOf(look), time].filter(Boolean).join('-');
}

async function mayUseCamera(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'camera' as PermissionName });
    return state === 'granted';
  } catch {
    return false; // Not every browser tells.
  }
}

export function CameraView(): preact.JSX.Element {
  const session = useMemo(() => new CameraSession(), []);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ready, failure } = useManner();
  const start = (deviceId?: string): void => void (canvas.current && session.start(canvas.current, deviceId));

  useEffect(() => {
    if (ready) session.setManner(ready.engine, ready.manner);
  }, [ready]);
  useEffect(() => {
    // Who has allowed it once need not ask for it again.
    void mayUseCamera().then((may) => may && session.state.peek().kind === 'off' && start());
    return () => session.close();
  }, []);

  const { kind } = session.state.value;
  return (
    <section class="studio" data-view="camera" data-state={kind} data-painted={session.painted.value}>
      <div class="easel film">
        <div class="film-stage">
          <canvas ref={canvas} hidden={kind !== 'running'} role="img" aria-label={videoTexts().camera.picture} />
          <Words session={session} failure={failure} start={start} />
          {kind === 'running' && <FiguresLine session={session} />}
        </div>
        {kind === 'running' && canvas.current && <Controls session={session} canvas={canvas.current} start={start} />}
        <Recorded session={session} />
        <PanelTrouble />
      </div>
      <MannerPanel />
    </section>
  );
}

/** In the middle of the stage, while there is no picture; and, for those who don't see it, what goes on. */
function Words({ session, failure, start }: { session: CameraSession; failure: unknown; start: () => void }): preact.JSX.Element {
  const { retry, camera } = videoTexts();
  const state = session.state.value;
  if (state.kind === 'failed') {
    return (
      <Trouble error={state.error}>
        <button class="button primary" type="button" onClick={() => start()}>{retry}</button>
      </Trouble>
    );
  }
  if (state.kind === 'off') {
    return (
      <div class="film-words">
        <h2>{camera.title}</h2>
        <p>{camera.text}</p>
        <div class="film-buttons">
          <button class="button primary" id="camera-start" type="button" onClick={() => start()}>{camera.start}</button>
        </div>
      </div>
    );
  }
  if (state.kind === 'asking') return <p class="film-words" role="status">{camera.asking}</p>;
  if (failure !== undefined) return <p class="film-banner" role="alert">{explainVideo(failure).text}</p>;
  const text = session.paused.value ? camera.paused : session.painted.value ? camera.running : camera.preparing;
  return <p class={session.painted.value && !session.paused.value ? 'visually-hidden' : 'film-banner'} role="status">{text}</p>;
}

/** Changes twice a second, and is therefore not read out. */
function FiguresLine({ session }: { session: CameraSession }): preact.JSX.Element {
  const figures = session.figures.value;
  const seconds = session.recording.value;
  const { camera } = videoTexts();
  return (
    <div class="film-figures" aria-live="off">
      {figures && <span id="figures">{camera.figures(number(figures.rate, 1), number(figures.milliseconds), figures.width, figures.height)}</span>}
      {seconds !== undefined && <span class="film-recording">{camera.recording(clock(seconds))}</span>}
    </div>
  );
}

interface ControlsProps {
  session: CameraSession;
  canvas: HTMLCanvasElement;
  start: (deviceId?: string) => void;
}

function Controls({ session, canvas, start }: ControlsProps): preact.JSX.Element {
  const { camera } = videoTexts();
  const [withSound, setWithSound] = useState(false);
  const recording = session.recording.value !== undefined;
  const paintMoment = async (): Promise<void> => {
    const still = await session.still();
    if (!still) return;
    await openPhoto(still, takeName());
  };
  const savePicture = (): void => {
    canvas.toBlob((blob) => blob && download(new File([blob], `${takeName()}.png`, { type: blob.type })));
  };
  return (
    <div class="film-controls">
      <button
        class="button primary film-record"
        id="camera-record"
        type="button"
        aria-pressed={recording}
        disabled={!session.painted.value}
        title={camera.longest}
        onClick={() => void (recording ? session.stopRecording() : session.record(canvas, withSound))}
      >
        {recording ? camera.stopRecording : camera.record}
      </button>
      <button class="button" id="camera-still" type="button" onClick={() => void paintMoment()}>{camera.still}</button>
      <button class="button" id="camera-save" type="button" disabled={!session.painted.value} onClick={savePicture}>{camera.picturePng}</button>
      <label><input type="checkbox" id="camera-sound" checked={withSound} disabled={recording} onChange={({ currentTarget }) => setWithSound(currentTarget.checked)} />{camera.sound}</label>
      <label><input type="checkbox" id="camera-mirror" checked={session.mirrored.value} onChange={({ currentTarget }) => session.mirror(currentTarget.checked)} />{camera.mirror}</label>
      {session.cameras.value.length > 1 && <CameraChoice session={session} canvas={canvas} start={start} />}
      <button class="button film-last" id="camera-stop" type="button" onClick={() => void session.stop()}>{camera.stop}</button>
    </div>
  );
}

function CameraChoice({ session, canvas, start }: ControlsProps): preact.JSX.Element {
  const { camera } = videoTexts();
  return (
    <>
      <button class="button" type="button" onClick={() => void session.turnAround(canvas)}>{camera.turn}</button>
      <select id="camera-which" aria-label={camera.which} value={session.deviceId.value} onChange={({ currentTarget }) => start(currentTarget.value)}>
        {session.cameras.value.map(({ id, label }, index) => <option key={id} value={id}>{label || camera.unnamed(index + 1)}</option>)}
      </select>
    </>
  );
}

function Recorded({ session }: { session: CameraSession }): preact.JSX.Element | null {
  const recorded = session.recorded.value;
  const failure = session.recordingFailure.value;
  // A name for the whole of its life.
  const name = useMemo(takeName, [recorded]);
  if (failure !== undefined) {
    const { title, text } = explainVideo(failure);
    return <p class="film-note" role="alert">{title}: {text}</p>;
  }
  if (!recorded) return null;
  return (
    <RecordedVideo
      blob={recorded.blob}
      name={name + recorded.extension}
      title={videoTexts().camera.recorded(clock(recorded.seconds))}
      onDiscard={() => session.discardRecorded()}
    />
  );
}
