export function VideoFileView(): preact.JSX.Element {
  return <section class="video-file" />;
}
