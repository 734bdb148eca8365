/** Asks what an ONNX file does not say about itself, and loads it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { engine } from '../app/engine.js';
import { Explained } from '../app/Explained.js';
import { type DetailedExplanation, explain, isAbort } from '../app/failures.js';
import { addOwn } from '../app/looks.js';
import { texts } from '../app/texts.js';
import { modelDialog } from './own-model.js';
import { panelTexts } from './texts.js';

export function ModelDialog(): preact.JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const request = modelDialog.value;
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} id="model-dialog" aria-labelledby="model-heading" onClose={() => (modelDialog.value = undefined)}>
      {request && <ModelForm key={request.file?.name ?? ''} dropped={request.file} />}
    </dialog>
  );
}

function ModelForm({ dropped }: { dropped: File | undefined }): preact.JSX.Element {
  const t = panelTexts();
  const [file, setFile] = useState(dropped);
  const [range, setRange] = useState('0,1');
  const [bgr, setBgr] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<DetailedExplanation | 'no-file' | undefined>();
  const controller = useRef(new AbortController());
  useEffect(() => () => controller.current.abort(), []);

  const load = async (): Promise<void> => {
    if (!file) return setProblem('no-file');
    setProblem(undefined);
    setBusy(true);
    try {
      const ready = await engine;
      const style = await ready.styleFromModel(file, {
        title: file.name.replace(/\.onnx$/i, ''),
        inputRange: range.split(',').map(Number) as [number, number],
        channelOrder: bgr ? 'bgr' : 'rgb',
        signal: controller.current.signal,
      });
      addOwn(style, t.ownModelCredit);
      modelDialog.value = undefined;
    } catch (error) {
      if (!isAbort(error)) setProblem(explain(error, file.name));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void load();
      }}
    >
      <h2 id="model-heading">{t.modelHeading}</h2>
      <p>{t.modelAbout}</p>
      <div class="field">
        <label for="model-file">{t.file}</label>
        <input id="model-file" type="file" accept=".onnx" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? file)} />
        <p class="filename" id="model-name">{file?.name}</p>
      </div>
      <div class="field row">
        <label for="model-range">{t.range}</label>
        <select id="model-range" value={range} onChange={(event) => setRange(event.currentTarget.value)}>
          {Object.entries(t.ranges).map(([value, name]) => <option key={value} value={value}>{name}</option>)}
        </select>
      </div>
      <label class="check">
        <input id="model-bgr" type="checkbox" checked={bgr} onChange={(event) => setBgr(event.currentTarget.checked)} /> {t.bgr}
      </label>
      <div class="model-report" id="model-problem" role="alert" tabIndex={problem ? 0 : undefined}>
        {problem === 'no-file' && <p>{t.noFile}</p>}
        {problem && problem !== 'no-file' && (
          <>
            <h3>{problem.title}</h3>
            <p><Explained of={problem} /></p>
          </>
        )}
      </div>
      <div class="buttons">
        <button class="button primary" id="model-load" type="submit" disabled={busy}>{busy ? t.reading : t.useModel}</button>
        <button class="button" id="model-cancel" type="button" onClick={() => (modelDialog.value = undefined)}>{texts().cancel}</button>
      </div>
    </form>
  );
}
