export function CameraView(): preact.JSX.Element {
  return <section class="camera" />;
}
