/** The page: a masthead, one of three ways to paint, and what stands below. */
import { useSignalEffect } from '@preact/signals';
import type { ComponentType } from 'preact';
import { Details } from '../details/Details.js';
import { modelDialog } from '../panel/own-model.js';
import { dragging } from '../photo/inputs.js';
import { PhotoView } from '../photo/PhotoView.js';
import { photoTexts } from '../photo/texts.js';
import { language } from './language.js';
import { Lazy } from './Lazy.js';
import { mayLeave } from './leaving.js';
import { type Mode, mode } from './state.js';
import { texts } from './texts.js';

const loadCamera = (): Promise<ComponentType> => import('../video/CameraView.js').then(({ CameraView }) => CameraView);
const loadVideo = (): Promise<ComponentType> => import('../video/VideoFileView.js').then(({ VideoFileView }) => VideoFileView);
const loadModelDialog = (): Promise<ComponentType> => import('../panel/ModelDialog.js').then(({ ModelDialog }) => ModelDialog);

export function App(): preact.JSX.Element {
  useSignalEffect(() => {
    document.title = texts().title;
  });
  return (
    <>
      <Masthead />
      <main>
        {mode.value === 'photo' && <PhotoView />}
        {mode.value === 'camera' && <Lazy load={loadCamera} />}
        {mode.value === 'video' && <Lazy load={loadVideo} />}
      </main>
      <Details />
      {modelDialog.value && <Lazy load={loadModelDialog} />}
      {dragging.value && <p class="drop-hint">{photoTexts().drop}</p>}
    </>
  );
}

function Masthead(): preact.JSX.Element {
  const { promise, modes, languageName, languageLabel } = texts();
  return (
    <header class="masthead">
      <h1 class="wordmark"><a href="./">brushwork</a></h1>
      <p class="promise">{promise}</p>
      <nav class="modes" aria-label={modes}>
        {(['photo', 'camera', 'video'] as const).map((name) => <ModeButton key={name} name={name} />)}
      </nav>
      <button
        class="quiet"
        id="language"
        type="button"
        lang={language.value === 'en' ? 'zh-Hans' : 'en'}
        title={languageLabel}
        onClick={() => (language.value = language.value === 'en' ? 'zh' : 'en')}
      >
        {languageName}
      </button>
    </header>
  );
}

function ModeButton({ name }: { name: Mode }): preact.JSX.Element {
  const go = (): void => {
    if (name !== mode.value && mayLeave()) mode.value = name;
  };
  return (
    <button id={`mode-${name}`} type="button" aria-current={mode.value === name ? 'page' : undefined} onClick={go}>
      {texts()[name]}
    </button>
  );
}
