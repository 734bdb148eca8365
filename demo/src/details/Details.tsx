export function Details(): preact.JSX.Element {
  return <footer class="colophon" />;
}
