export function PhotoView(): preact.JSX.Element {
  return <section class="studio" />;
}
