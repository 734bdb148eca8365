/** The optional peer dependency; gpu/onnxruntime.ts checks what it finds. */
declare module 'onnxruntime-web/webgpu';
