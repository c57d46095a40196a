// Devices that Chromium's fake ones do not give: a second camera and a second microphone, and a browser whose person says no.

/** Adds a blue camera and a microphone with blue's tone; passed to `addInitScript`. */
export function installSecondDevices(): void {
  const media = navigator.mediaDevices;
  if (!media) return;
  const enumerate = media.enumerateDevices.bind(media);
  const capture = media.getUserMedia.bind(media);
  const info = (kind: MediaDeviceKind, deviceId: string, label: string): MediaDeviceInfo => ({ kind, deviceId, label, groupId: "", toJSON: () => ({}) });

  const camera = (): MediaStream => {
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    canvas.height = 360;
    const pen = canvas.getContext("2d");
    let frame = 0;
    const draw = (): void => {
      if (!pen) return;
      pen.fillStyle = "rgb(28 41 240)";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.fillStyle = "rgb(10 10 10)";
      pen.fillRect((frame * 20) % canvas.width, 0, 80, canvas.height);
      frame += 1;
    };
    draw();
    setInterval(draw, 33);
    return canvas.captureStream(30);
  };
  const microphone = (): MediaStream => {
    const context = new AudioContext();
    const output = context.createMediaStreamDestination();
    const volume = new GainNode(context, { gain: 0.25 });
    const swell = new OscillatorNode(context, { frequency: 2 });
    swell.connect(new GainNode(context, { gain: 0.25 })).connect(volume.gain);
    const tone = new OscillatorNode(context, { frequency: 1120 });
    tone.connect(volume).connect(output);
    tone.start();
    swell.start();
    return output.stream;
  };

  media.enumerateDevices = async () => [
    ...(await enumerate()),
    info("videoinput", "second-camera", "Second camera"),
    info("audioinput", "second-microphone", "Second microphone"),
  ];
  media.getUserMedia = async (constraints) => {
    const wish = JSON.stringify(constraints);
    if (wish.includes("second-camera")) return camera();
    if (wish.includes("second-microphone")) return microphone();
    return capture(constraints);
  };
}

/** The person says no to the browser's question, until `window.__allowDevices` is true; passed to `addInitScript`. */
export function installRefusal(): void {
  const media = navigator.mediaDevices;
  if (!media) return;
  const isAllowed = (): boolean => (window as { __allowDevices?: boolean }).__allowDevices === true;
  const capture = media.getUserMedia.bind(media);
  media.getUserMedia = async (constraints) => {
    if (!isAllowed()) throw new DOMException("Permission denied", "NotAllowedError");
    return capture(constraints);
  };
  const query = navigator.permissions.query.bind(navigator.permissions);
  navigator.permissions.query = async (descriptor) => {
    const status = await query(descriptor);
    if (!isAllowed()) Object.defineProperty(status, "state", { value: "denied" });
    return status;
  };
}
