/** Cross-origin isolation, which threads need, for hosts that can't send its headers: the next visit gets them from here. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

export function isolated(response: Response): Response {
  // Answers that pages can't look into, and redirections, can't be made anew.
  if (response.type === 'opaque' || response.type === 'opaqueredirect' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  if (headers.has('content-encoding')) {
    // The body is decoded by now.
    headers.delete('content-encoding');
    headers.delete('content-length');
  }
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
