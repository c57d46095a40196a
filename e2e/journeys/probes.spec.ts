// The measuring tools themselves: they must tell a moving picture from a still one, and a voice from silence, or the
// journeys prove nothing.

import { expect, test } from "@playwright/test";
import { Browsers } from "../lib/browsers";
import { installObserver } from "../lib/observer";
import { colourOf, expectAudioEnergyToGrow, expectToHear, expectToSee, look } from "../lib/probes";

const browsers = new Browsers();
test.afterAll(() => browsers.close());

for (const colour of ["red", "green", "blue", "yellow"] as const) {
  test(`the ${colour} person is recognised by picture and sound, and missed when both stop`, async () => {
    const browser = await browsers.of(colour);
    const page = await browser.newPage();
    await page.addInitScript(installObserver);
    await page.route("http://localhost/**", (route) => route.fulfill({ contentType: "text/html", body: "<video autoplay></video>" }));
    await page.goto("http://localhost/");
    await page.evaluate(connectToMyself);

    await expectToSee(page.locator("video"), colour);
    await expectToHear(page, [colour]);
    await expectAudioEnergyToGrow(page);

    await page.evaluate(() => {
      for (const sender of window.__observed.connections.flatMap((each) => each.getSenders())) {
        if (sender.track) sender.track.enabled = false;
      }
    });
    await expectToHear(page, []);
    // A disabled track sends black pictures: they come, but they neither move nor have a colour.
    await expect.poll(async () => colourOf((await look(page.locator("video"))).rgb)).toBe("none");
    await expect.poll(async () => (await look(page.locator("video"))).moved).toBeLessThan(20);
    await page.close();
  });
}

/** Here one hears oneself, which echo cancellation would rightly remove. */
async function connectToMyself(): Promise<void> {
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
  here.onicecandidate = ({ candidate }) => void there.addIceCandidate(candidate ?? undefined);
  there.onicecandidate = ({ candidate }) => void here.addIceCandidate(candidate ?? undefined);
  const arrived = new MediaStream();
  there.ontrack = ({ track }) => arrived.addTrack(track);
  const own = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false }, video: { width: 640, height: 360 } });
  for (const track of own.getTracks()) here.addTrack(track, own);
  await here.setLocalDescription();
  if (here.localDescription) await there.setRemoteDescription(here.localDescription);
  await there.setLocalDescription();
  if (there.localDescription) await here.setRemoteDescription(there.localDescription);
  const video = document.querySelector("video");
  if (!video) throw new Error("No video element.");
  video.srcObject = arrived;
  await video.play();
}
