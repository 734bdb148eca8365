// What a browser offers as its GPU. The page and the tests use it.

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/**
 * Of a WebGPU adapter's `info`, undefined if there is none: { name, isSoftware }, `name` undefined without one. Browsers say of some
 * adapters that the processor computes that they are no fallback, so names count as well.
 */
export function describeAdapter(info) {
  if (!info) return { name: undefined, isSoftware: false };
  const { vendor, architecture, device, description, isFallbackAdapter = false } = info;
  const name = [vendor, architecture, device, description].filter(Boolean).join(' ') || 'an unnamed adapter';
  return { name, isSoftware: isFallbackAdapter || SOFTWARE.test(name) };
}

/** One line on why WebGPU is not measured; undefined if it can be. */
export function whyNotMeasured({ name, isSoftware }, version) {
  if (name && !isSoftware) return undefined;
  const offer = name ? `${name}, which is the processor itself` : 'no WebGPU adapter';
  return `webgpu: nothing measured: Chromium ${version} offers ${offer}, needed a GPU`;
}
