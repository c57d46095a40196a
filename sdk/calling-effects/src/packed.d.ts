declare module '@twilio/video-processors/dist/build/tflite-simd-1-0-0.js' {
  const create: (options: object) => Promise<unknown>;
  export default create;
}
declare module '*.wasm' {
  const packed: string;
  export default packed;
}
declare module '*.tflite' {
  const packed: string;
  export default packed;
}
