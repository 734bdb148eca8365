/** The tile that makes a style from a picture of the user's. */
import { useRef, useState } from 'preact/hooks';
import { engine } from '../app/engine.js';
import { isAbort } from '../app/failures.js';
import { addOwn } from '../app/looks.js';
import { report } from '../app/state.js';
import { panelTexts } from './texts.js';

export function OwnPicture(): preact.JSX.Element {
  const t = panelTexts();
  const input = useRef<HTMLInputElement>(null);
  const running = useRef<AbortController | undefined>(undefined);
  const [busy, setBusy] = useState(false);

  const take = async (file: File): Promise<void> => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setBusy(true);
    try {
      const ready = await engine;
      addOwn(await ready.styleFromImage(await readable(file), { signal: controller.signal }), panelTexts().ownPictureCredit);
    } catch (error) {
      if (!isAbort(error)) report(error, file.name);
    } finally {
      if (running.current === controller) setBusy(false);
    }
  };

  return (
    <>
      <button class="tile" id="own-picture" type="button" aria-busy={busy} onClick={() => input.current?.click()}>
        <span class="swatch" aria-hidden="true">+</span>
        <span class="name">{busy ? t.looking : t.ownPicture}</span>
      </button>
      <input
        ref={input}
        class="visually-hidden"
        id="style-file"
        type="file"
        accept="image/*"
        tabIndex={-1}
        aria-label={t.ownPictureInput}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ''; // so that the same file can be chosen again
          if (file) void take(file);
        }}
      />
    </>
  );
}

/** The file, or its pixels if it is of a kind that only the browser reads. The engine has the last word on what neither reads. */
async function readable(file: File): Promise<File | ImageBitmap> {
  if (/^image\/(jpeg|png|bmp|gif)$/.test(file.type)) return file;
  return createImageBitmap(file).catch(() => file);
}
