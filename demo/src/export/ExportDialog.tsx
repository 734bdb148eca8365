/** How, how large and where to the painting goes. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { explain, isAbort } from '../app/failures.js';
import { number } from '../app/language.js';
import { texts } from '../app/texts.js';
import { type Painted, painted } from '../paint/painter.js';
import { exportOpen } from './export-open.js';
import { type ExportOptions, type Format, canCopy, canShare, copy, download, exportFile, isReduced } from './save.js';
import { exportTexts } from './texts.js';

const dimensions = ({ width, height }: { width: number; height: number }): string => `${number(width)} × ${number(height)}`;

export function ExportDialog(): preact.JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} id="export-dialog" aria-labelledby="export-heading" onClose={() => (exportOpen.value = false)}>
      {painted.value && <ExportForm present={painted.value} />}
    </dialog>
  );
}

function ExportForm({ present }: { present: Painted }): preact.JSX.Element {
  const t = exportTexts();
  const [options, setOptions] = useState<ExportOptions>({ format: 'image/png', quality: 0.92, full: false });
  const [busy, setBusy] = useState(false);
  const [message, setMessage] = useState('');
  const set = (update: Partial<ExportOptions>): void => setOptions({ ...options, ...update });

  const run = async (action: () => Promise<string>): Promise<void> => {
    setBusy(true);
    setMessage(t.working);
    try {
      setMessage(await action());
    } catch (error) {
      setMessage(isAbort(error) ? '' : explain(error).text);
    } finally {
      setBusy(false);
    }
  };

  const save = async (): Promise<string> => {
    const file = await exportFile(options);
    if (!file) return '';
    download(file);
    return t.saved(file.name);
  };
  const share = async (): Promise<string> => {
    const file = await exportFile(options);
    if (file) await navigator.share({ files: [file], title: file.name });
    return '';
  };
  const copyNow = async (): Promise<string> => {
    try {
      await copy(options.full);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') return t.noClipboard;
      throw error;
    }
    return t.copied;
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(save);
      }}
    >
      <h2 id="export-heading">{t.heading}</h2>
      <div class="field row">
        <label for="export-format">{t.format}</label>
        <select id="export-format" value={options.format} onChange={(event) => set({ format: event.currentTarget.value as Format })}>
          <option value="image/png">PNG</option>
          <option value="image/jpeg">JPEG</option>
          <option value="image/webp">WebP</option>
        </select>
      </div>
      {options.format !== 'image/png' && (
        <div class="field">
          <div class="field-head">
            <label for="export-quality">{t.quality}</label>
            <output for="export-quality">{number(Math.round(options.quality * 100))}</output>
          </div>
          <input id="export-quality" type="range" min={40} max={100} value={Math.round(options.quality * 100)} onInput={(event) => set({ quality: event.currentTarget.valueAsNumber / 100 })} />
        </div>
      )}
      {isReduced(present) && (
        <fieldset class="field sizes">
          <legend>{t.size}</legend>
          <label class="check"><input type="radio" name="export-size" value="shown" checked={!options.full} onChange={() => set({ full: false })} /> {t.shown(dimensions(present.painting))}</label>
          <label class="check"><input type="radio" name="export-size" value="full" checked={options.full} onChange={() => set({ full: true })} /> {t.full(dimensions(present.photo))}</label>
        </fieldset>
      )}
      <p class="hint">{t.about}</p>
      <p class="hint" id="export-message" role="status">{message}</p>
      <div class="buttons">
        <button class="button primary" id="export-save" type="submit" disabled={busy}>{t.save}</button>
        {canCopy() && <button class="button" id="export-copy" type="button" disabled={busy} onClick={() => void run(copyNow)}>{t.copy}</button>}
        {canShare() && <button class="button" id="export-share" type="button" disabled={busy} onClick={() => void run(share)}>{t.share}</button>}
        <button class="button" id="export-close" type="button" onClick={() => (exportOpen.value = false)}>{texts().close}</button>
      </div>
    </form>
  );
}
