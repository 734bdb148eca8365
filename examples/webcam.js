// The camera, painted live.
import { Brushwork } from 'brushwork';

const [style, size, start, save, canvas, progress, status] = ['style', 'size', 'start', 'save', 'canvas', 'progress', 'status'].map((id) =>
  document.getElementById(id),
);

const engine = Brushwork.create({ onProgress: ({ fraction }) => (progress.value = fraction) });
let camera;
let running;

/** The frames of a camera. Chromium has them as a stream; elsewhere a video element shows the camera, and is asked for its frames. */
async function framesOf(track, signal) {
  if ('MediaStreamTrackProcessor' in window) {
    const copy = track.clone();
    signal.addEventListener('abort', () => copy.stop());
    return new MediaStreamTrackProcessor({ track: copy, maxBufferSize: 1 }).readable;
  }
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, srcObject: new MediaStream([track]) });
  await video.play();
  return new ReadableStream(
    {
      async pull(controller) {
        const { mediaTime } = await new Promise((resolve) => video.requestVideoFrameCallback((_, metadata) => resolve(metadata)));
        controller.enqueue(new VideoFrame(video, { timestamp: mediaTime * 1e6 }));
      },
      cancel: () => video.pause(),
    },
    { highWaterMark: 0 },
  );
}

/** Where painted frames go. Each has to be closed, as it holds memory outside of JavaScript's. */
function screen() {
  const context = canvas.getContext('2d');
  let last = performance.now();
  return new WritableStream({
    write(frame) {
      canvas.width = frame.displayWidth;
      canvas.height = frame.displayHeight;
      context.drawImage(frame, 0, 0);
      frame.close();
      const now = performance.now();
      status.textContent = `${canvas.width} × ${canvas.height} pixels, ${(1000 / (now - last)).toFixed(0)} frames a second`;
      last = now;
      save.disabled = false;
    },
  });
}

async function paint() {
  running?.abort();
  const { signal } = (running = new AbortController());
  try {
    camera ??= await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
    const ready = await engine;
    signal.throwIfAborted();
    start.textContent = 'Stop the camera';
    const frames = await framesOf(camera.getVideoTracks()[0], signal);
    const painted = frames.pipeThrough(ready.video({ style: style.value, maxPixels: Number(size.value), steadiness: 0.9 }), { signal });
    await painted.pipeTo(screen(), { signal });
  } catch (error) {
    // Another style was chosen, or the camera stopped.
    if (signal.aborted) return;
    status.textContent = error.message;
    stop();
  }
}

function stop() {
  running?.abort();
  for (const track of camera?.getTracks() ?? []) track.stop();
  camera = undefined;
  start.textContent = 'Start the camera';
}

start.onclick = () => (camera ? stop() : paint());
for (const input of [style, size]) input.onchange = () => camera && paint();
save.onclick = () =>
  canvas.toBlob((blob) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = 'painting.jpg';
    link.click();
    URL.revokeObjectURL(link.href);
  }, 'image/jpeg');

try {
  for (const { id, title } of (await engine).styles()) style.add(new Option(title, id));
  status.textContent = 'Ready';
} catch (error) {
  status.textContent = error.message;
}
