/** A video that is ready: to be looked at, saved or thrown away. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { askBeforeLeaving } from '../app/leaving.js';
import { download } from '../export/save.js';
import { megabytes, videoTexts } from './texts.js';

interface Props {
  blob: Blob;
  /** With its ending. */
  name: string;
  /** What it is, in words. */
  title: string;
  /** What is to be known about it; may be empty. */
  note?: string;
  onDiscard: () => void;
  /** More to do. */
  children?: ComponentChildren;
}

export function RecordedVideo({ blob, name, title, note, onDiscard, children }: Props): preact.JSX.Element {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  const [saved, setSaved] = useState<Blob>();
  const isSaved = saved === blob;
  useLayoutEffect(() => (isSaved ? undefined : askBeforeLeaving(() => videoTexts().unsaved)), [isSaved]);
  const keep = (): void => {
    download(new File([blob], name, { type: blob.type }));
    setSaved(blob);
  };
  const { save, discard } = videoTexts();
  return (
    <section class="film-recorded" aria-label={title}>
      <video src={url} controls loop playsInline aria-label={title} />
      <div>
        <p class="film-title" role="status">{title}, {megabytes(blob.size)}</p>
        {note && <p class="film-note">{note}</p>}
        <div class="film-buttons">
          <button class="button primary" type="button" data-action="save" onClick={keep}>{save}</button>
          <button class="button" type="button" data-action="discard" onClick={onDiscard}>{discard}</button>
          {children}
        </div>
      </div>
    </section>
  );
}
