/** The studio: a picture, tools above it, settings beside it, and what is going on below. */
import type { ComponentType } from 'preact';
import { Lazy } from '../app/Lazy.js';
import { change } from '../app/history.js';
import { settings } from '../app/state.js';
import { exportOpen } from '../export/export-open.js';
import { Gallery } from '../panel/Gallery.js';
import { Mixer } from '../panel/Mixer.js';
import { RegionTools } from '../panel/RegionTools.js';
import { Sliders } from '../panel/Sliders.js';
import { panelTexts } from '../panel/texts.js';
import { Viewer } from '../view/Viewer.js';
import { current, pinned, reveal } from '../view/view-state.js';
import { openFile } from './open.js';
import { Problem } from './Problem.js';
import { isSample } from './sample-photo.js';
import { Status } from './Status.js';
import { photoTexts } from './texts.js';

const loadExportDialog = (): Promise<ComponentType> => import('../export/ExportDialog.js').then(({ ExportDialog }) => ExportDialog);

export function PhotoView(): preact.JSX.Element {
  const t = photoTexts();
  return (
    <section class="studio">
      <div class="easel">
        <Toolbar />
        <Viewer />
        <Problem />
        <Status />
      </div>
      <form class="panel" id="panel" aria-label={t.settings} onSubmit={(event) => event.preventDefault()}>
        {isSample.value && (
          <div class="welcome">
            <h2>{t.welcome}</h2>
            <p>{t.how}</p>
          </div>
        )}
        <Gallery />
        <Mixer />
        <Sliders />
        <SizeField />
        <RegionTools />
      </form>
      {exportOpen.value && <Lazy load={loadExportDialog} />}
    </section>
  );
}

function Toolbar(): preact.JSX.Element {
  const t = photoTexts();
  return (
    <div class="toolbar" role="group" aria-label={t.tools}>
      <input
        class="visually-hidden"
        id="choose"
        type="file"
        accept="image/*,video/*,.onnx"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ''; // so that the same file can be chosen again
          if (file) openFile(file);
        }}
      />
      <label class="button primary" for="choose">{t.choose}</label>
      <span class="gap" />
      <button
        class="button"
        id="compare"
        type="button"
        aria-pressed={pinned.value !== undefined}
        title={pinned.value ? t.unpin : t.pinHelp}
        disabled={!current.value && !pinned.value}
        onClick={() => {
          pinned.value = pinned.value ? undefined : current.value;
          reveal();
        }}
      >
        {t.pin}
      </button>
      <button class="button" id="save" type="button" disabled={!current.value} onClick={() => (exportOpen.value = true)}>{t.save}</button>
    </div>
  );
}

function SizeField(): preact.JSX.Element {
  const t = panelTexts();
  return (
    <div class="field row">
      <label for="size">{t.size}</label>
      <select id="size" value={String(settings.value.maxPixels)} onChange={(event) => change({ maxPixels: Number(event.currentTarget.value) })}>
        {Object.entries(t.sizes).map(([value, name]) => <option key={value} value={value}>{name}</option>)}
      </select>
    </div>
  );
}
